//! The liars of worlds without operations.

use super::{Liar, PROTOCOL};

pub(in crate::hands) const WORK: Liar = Liar {
    program: "work.rs",
    drill: "give_way",
    // What a poll cost is what the worker says.
    harmless: &["honest", "spends_no_polls"],
    caught: &[
        (
            PROTOCOL,
            &[
                "begins_what_is_not_there",
                "returns_twice",
                "skips_a_step",
                "speaks_of_another_run",
            ],
        ),
        ("dropped", &["goes_on_when_dropped"]),
        (
            "goes_on",
            &[
                "is_never_idle",
                "makes_one_step_in_each_poll",
                "says_nothing",
                "waits_for_the_clock",
            ],
        ),
        (
            "neighbours",
            &[
                "keeps_the_neighbour_waiting",
                "makes_one_fold_after_the_other",
            ],
        ),
        (
            "right_result",
            &[
                "changes_the_state",
                "goes_a_step_too_far",
                "panics_at_once",
                "returns_a_text",
                "returns_an_error",
                "returns_nothing",
                "returns_the_seed",
                "tells_a_text",
                "tells_no_details",
                "tells_of_fewer_steps",
                "tells_of_no_step",
                "tells_of_other_numbers",
                "tells_of_other_states",
            ],
        ),
        (
            "short_stretches",
            &[
                "counts_less_than_it_tells",
                "makes_all_in_one_poll",
                "makes_one_step_too_many",
            ],
        ),
    ],
    has_desk: false,
};

pub(in crate::hands) const CLOCK: Liar = Liar {
    program: "clock.rs",
    drill: "loop_monitor",
    // That it was dropped is the grader's own doing.
    harmless: &["honest", "says_nothing_of_a_drop"],
    caught: &[
        (
            PROTOCOL,
            &[
                "begins_what_is_not_there",
                "cannot_be_looked_at",
                "is_seen_twice",
                "skips_a_step",
                "speaks_of_another_run",
            ],
        ),
        (
            "counted",
            &[
                "counts_each_twice",
                "counts_nothing",
                "counts_what_is_short",
            ],
        ),
        ("dropped", &["goes_on_when_dropped"]),
        (
            "idle",
            &[
                "is_never_idle",
                "looks_three_times_as_often",
                "never_looks",
                "never_settles",
                "settles_twice",
                "spins",
            ],
        ),
        (
            "longest",
            &[
                "breaks_when_looked_at",
                "reports_a_little_more",
                "reports_all_together",
                "reports_as_much_as_can_be",
                "reports_no_stall",
                "reports_the_last_one",
                "shows_a_text",
                "shows_nothing",
                "shows_a_number_more",
            ],
        ),
        ("no_burst", &["makes_up_for_missed_looks"]),
        (
            "two_monitors",
            &["panics_when_dropped", "shows_the_first_one_only"],
        ),
    ],
    has_desk: false,
};
