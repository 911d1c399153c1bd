//! The liars of the worlds of the first drills.

use super::{Liar, PROTOCOL};

pub(in crate::hands) const USERS: Liar = Liar {
    program: "users.rs",
    drill: "inflight_fix",
    harmless: &["honest", "keeps_the_delivery_quiet", "says_too_much"],
    caught: &[
        (
            PROTOCOL,
            &[
                "answers_the_dropped",
                "asks_again_unasked",
                "begins_each_fetch_twice",
                "begins_what_is_not_there",
                "delivers_before_the_answer",
                "drops_every_fetch",
                "ends_before_the_answer",
                "hides_its_fetches",
                "returns_before_the_answer",
                "returns_twice",
                "skips_a_step",
                "speaks_of_another_run",
            ],
        ),
        (
            "answered",
            &[
                "changes_a_letter",
                "finds_nobody",
                "gives_another_id",
                "gives_the_last_row_of_any_run",
                "gives_the_last_row_with_its_id",
                "has_an_error_of_its_own",
                "invents_every_row",
                "is_never_available",
                "panics_at_once",
                "returns_a_stampede",
                "returns_nothing",
                "says_nothing",
                "trims_the_row",
                "turns_rows_into_errors",
            ],
        ),
        ("cached", &["fetches_somebody_else", "forgets_every_row"]),
        ("error_ends_waiting", &["turns_errors_into_rows"]),
        ("no_polling", &["is_never_idle"]),
        ("one_fetch", &["fetches_for_each"]),
    ],
    has_desk: false,
};

pub(in crate::hands) const BANK: Liar = Liar {
    program: "bank.rs",
    drill: "lost_update",
    harmless: &["honest", "says_too_much"],
    caught: &[
        (
            PROTOCOL,
            &[
                "answers_the_dropped",
                "asks_again_unasked",
                "begins_each_operation_twice",
                "begins_what_is_not_there",
                "delivers_before_the_answer",
                "returns_before_the_read",
                "returns_twice",
                "skips_a_step",
                "speaks_of_another_run",
            ],
        ),
        ("accounts_independent", &["turns_balances_into_errors"]),
        (
            "answered",
            &[
                "drops_every_operation",
                "hides_its_writes",
                "is_never_available",
                "panics_at_once",
                "says_nothing",
            ],
        ),
        (
            "errors",
            &[
                "keeps_the_delivery_quiet",
                "tries_again_in_secret",
                "turns_errors_into_balances",
            ],
        ),
        (
            "kept",
            &[
                "adds_up_and_writes_nothing",
                "claims_a_write_it_never_made",
                "drops_its_write_and_returns",
                "lets_deposits_race",
                "returns_before_the_write",
                "writes_a_little_less",
                "writes_into_another_account",
                "writes_nothing",
                "writes_the_amount",
                "writes_the_smallest_balance",
                "writes_twice_the_amount",
                "writes_what_it_read",
                "writes_without_a_read",
            ],
        ),
        ("no_polling", &["is_never_idle"]),
        (
            "returned",
            &[
                "answers_at_once",
                "gives_the_largest_balance",
                "gives_the_last_balance_of_any_run",
                "gives_the_smallest_balance",
                "returns_a_little_more",
                "returns_a_text",
                "returns_its_amount",
                "returns_what_it_read",
            ],
        ),
    ],
    has_desk: false,
};

pub(in crate::hands) const PASSWORDS: Liar = Liar {
    program: "passwords.rs",
    drill: "offload",
    // A hash that nobody waits for any more harms nobody.
    harmless: &["honest", "hashes_for_those_who_left"],
    caught: &[
        (
            PROTOCOL,
            &[
                "answers_the_dropped",
                "begins_each_hash_twice",
                "delivers_before_it_may",
                "ends_before_it_may",
                "ends_without_its_thread",
                "returns_before_its_hash_ends",
                "returns_twice",
                "waits_on_no_thread",
            ],
        ),
        ("bounded", &["begins_all_at_once", "keeps_the_end_quiet"]),
        ("busy_service", &["makes_no_real_hash"]),
        ("dropped_hashing", &["forgets_the_dropped_hash"]),
        (
            "off_the_loop",
            &[
                "hashes_on_the_loop",
                "skips_a_step",
                "speaks_of_another_run",
            ],
        ),
        ("parallel", &["begins_one_at_a_time"]),
        (
            "right_results",
            &[
                "changes_a_letter",
                "cuts_the_text",
                "gives_the_first_text",
                "hashes_another_password",
                "hides_its_hashes",
                "invents_a_text",
                "panics_at_once",
                "returns_nothing",
                "says_nothing",
                "takes_no_length",
            ],
        ),
        ("too_long", &["takes_any_length"]),
    ],
    has_desk: false,
};
