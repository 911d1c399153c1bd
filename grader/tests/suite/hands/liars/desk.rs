//! The liars that sit at the desk which `tests/fixtures/hands/desk.rs` is.

use super::{Liar, PROTOCOL};

pub(in crate::hands) const AUDIT: Liar = Liar {
    program: "audit.rs",
    drill: "transfer",
    harmless: &["honest"],
    caught: &[
        (
            PROTOCOL,
            &[
                "breaks_and_shows_no_more",
                "cannot_be_looked_at",
                "is_seen_twice",
            ],
        ),
        (
            "insufficient",
            &["blames_the_account", "is_always_insufficient"],
        ),
        ("never_negative", &["overdraws"]),
        (
            "no_deadlock",
            &[
                "shows_nothing",
                "shows_nothing_and_refuses_nobody",
                "shows_one_account_less",
            ],
        ),
        ("odd_amounts", &["shows_what_nobody_has"]),
        (
            "recorded_first",
            &[
                "moves_before_its_record",
                "drops_its_record_and_moves",
                "moves_again_by_an_old_record",
                "moves_what_was_not_recorded",
                "records_for_another_account",
                "records_half_a_transfer",
                "records_less",
                "records_the_way_back",
            ],
        ),
        (
            "results",
            &[
                "knows_no_account",
                "moves_and_says_it_has_not",
                "moves_nothing",
                "returns_before_its_record",
                "says_ok_and_does_nothing",
                "shows_what_was_there_at_first",
                "turns_errors_into_ok",
                "turns_records_into_errors",
            ],
        ),
        (
            "total_kept",
            &[
                "shows_texts",
                "hides_what_is_overdrawn",
                "keeps_a_coin",
                "moves_twice",
                "moves_without_a_record",
            ],
        ),
    ],
    has_desk: true,
};

pub(in crate::hands) const SERVER: Liar = Liar {
    program: "server.rs",
    drill: "connection_pool",
    harmless: &["honest"],
    caught: &[
        ("answered", &["polls_the_last_one_first", "says_no_poll"]),
        ("dropped", &["keeps_the_place_of_the_dropped"]),
        ("in_line", &["serves_the_last_one_first"]),
        (
            "left_halfway",
            &[
                "asks_everything_twice",
                "uses_what_is_broken",
                "uses_what_was_left_halfway",
            ],
        ),
        (
            "limit",
            &[
                "keeps_its_closing_quiet",
                "knows_no_limit",
                "leaves_the_idle_one_alone",
            ],
        ),
        (
            "own_answer",
            &[
                "answers_with_the_question",
                "asks_another_question",
                "asks_nothing",
                "asks_over_what_it_never_opened",
                "changes_the_answer",
                "gives_the_first_answer",
                "gives_the_last_answer_of_any_run",
                "returns_before_the_answer",
                "says_that_it_closes_and_goes_on",
                "turns_answers_into_errors",
                "turns_errors_into_answers",
            ],
        ),
        ("places_used", &["uses_one_place"]),
        ("stays_open", &["closes_after_each_answer"]),
    ],
    has_desk: true,
};

pub(in crate::hands) const BULK: Liar = Liar {
    program: "bulk.rs",
    drill: "batch_loader",
    harmless: &["honest"],
    caught: &[
        ("answered", &["caches_and_says_no_poll"]),
        (
            "errors",
            &[
                "remembers_errors",
                "tries_again_in_secret",
                "turns_errors_into_nothing",
            ],
        ),
        ("late_ids", &["joins_what_is_out"]),
        (
            "limits",
            &[
                "ignores_the_limit",
                "sends_an_id_twice",
                "sends_nothing",
                "sends_texts",
                "sends_what_nobody_asked_for",
            ],
        ),
        ("no_polling", &["waits_for_the_clock"]),
        ("not_cached", &["caches"]),
        (
            "own_item",
            &[
                "finds_nothing",
                "finds_nothing_at_once",
                "gives_some_item",
                "gives_some_text_with_the_id",
                "gives_the_last_item_of_any_run",
                "invents_a_text",
                "invents_what_is_not_there",
                "returns_before_the_answer",
                "trims_the_text",
                "turns_items_into_errors",
            ],
        ),
        (
            "together",
            &["says_no_poll", "sends_all_twice", "sends_each_alone"],
        ),
    ],
    has_desk: true,
};

pub(in crate::hands) const SINK: Liar = Liar {
    program: "sink.rs",
    drill: "in_order",
    harmless: &["honest"],
    caught: &[
        (
            "answered",
            &[
                "breaks_and_polls_the_last_one_first",
                "polls_the_last_one_first",
                "polls_when_it_stores",
            ],
        ),
        ("bounded", &["knows_no_limit", "stores_one_too_many"]),
        ("dropped", &["forgets_the_store_of_the_dropped"]),
        (
            "in_order",
            &[
                "stores_a_key_twice_at_once",
                "stores_everything_twice",
                "stores_the_last_one_first",
            ],
        ),
        (
            "own_result",
            &[
                "drops_its_store_and_returns",
                "returns_before_the_store_ends",
                "says_no_poll",
                "says_ok_and_stores_nothing",
                "says_ok_to_everything",
                "stores_another_number",
                "stores_half_an_event",
                "tells_the_result_before",
                "turns_ok_into_rejections",
            ],
        ),
        (
            "side_by_side",
            &["stores_one_at_a_time", "stores_under_another_key"],
        ),
        ("stored_once", &["stores_what_was_rejected_again"]),
    ],
    has_desk: true,
};
