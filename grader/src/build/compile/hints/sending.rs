//! What was handed to another thread, or to a task that might be, though it has to stay where it is: why, in one
//! line. rustc says it in two screens, and begins with the end.

use play::text::one_line;

/// The line, if rustc's text is about that.
pub(super) fn of(text: &str) -> Option<String> {
    let stays = [
        "the trait `Send` is not implemented for `",
        "the trait `Sync` is not implemented for `",
    ];
    let kind = stays.iter().find_map(|words| between(text, words))?;
    let taker = between(text, "required by a bound in `")?;
    let kind = short(kind);
    let call = match taker.strip_prefix("JoinSet::") {
        Some(_) => "JoinSet::spawn".to_owned(),
        None => one_line(taker, 60),
    };
    if !is_of_a_task(taker) {
        return Some(format!(
            "`{call}` runs its closure on another thread, and this one holds `{kind}`, which must stay on its own. Take \
             an `Arc` with a `Mutex` or an atomic, or hand over only what the closure needs"
        ));
    }
    let mend = match kind.contains("Guard")
        || kind.starts_with("Ref<")
        || kind.starts_with("RefMut<")
    {
        true => "Let go of it before the await",
        false => "`tokio::task::spawn_local` takes it as it is: here all tasks share one thread",
    };
    Some(format!(
        "`{call}` takes a future that may move to another thread, and this one holds `{kind}`, which must stay on its \
         own. {mend}"
    ))
}

/// Whether what asks for `Send` runs futures; all else runs closures on threads.
fn is_of_a_task(taker: &str) -> bool {
    let takers = [
        "tokio::spawn",
        "JoinSet::",
        "JoinMap::",
        "Handle::spawn",
        "Runtime::spawn",
        "TaskTracker::",
    ];
    let blocks = taker.contains("spawn_blocking");
    !blocks && takers.iter().any(|name| taker.contains(name))
}

fn between<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once('`')?.0)
}

/// A type without its modules, and without what it holds where that is long.
fn short(kind: &str) -> String {
    const LONGEST: usize = 60;
    let modules = |(at, _): (usize, &str)| at + 2;
    let outer = kind.find('<').unwrap_or(kind.len());
    let name = kind[..outer].rmatch_indices("::").next().map_or(0, modules);
    let kind = &kind[name..];
    match kind.chars().count() > LONGEST {
        true => format!("{}<…>", kind.split('<').next().unwrap_or(kind)),
        false => one_line(kind, LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, marker: &str, taker: &str) -> String {
        let text = format!(
            "error: future cannot be sent between threads safely\n  = help: within `{{async block}}`, the trait \
             `{marker}` is not implemented for `{kind}`\nnote: required by a bound in `{taker}`\n"
        );
        of(&text).expect("it is about that")
    }

    #[test]
    fn a_task_that_must_stay_is_spawned_locally() {
        for taker in [
            "tokio::spawn",
            "JoinSet::<T>::spawn",
            "tokio::runtime::Handle::spawn",
        ] {
            let said = line("Rc<RefCell<HashMap<UserId, User>>>", "Send", taker);
            assert!(
                said.contains("holds `Rc<RefCell<HashMap<UserId, User>>>`"),
                "{said}"
            );
            assert!(
                said.contains("spawn_local") && !said.contains('\n'),
                "{said}"
            );
        }
        assert!(line("RefCell<u8>", "Sync", "tokio::spawn").contains("spawn_local"));
        assert!(
            line("Rc<u8>", "Send", "JoinSet::<T>::spawn").starts_with("`JoinSet::spawn` takes")
        );
    }

    #[test]
    fn a_guard_is_let_go_of() {
        let guard = "std::sync::MutexGuard<'_, HashMap<UserId, User>>";
        let said = line(guard, "Send", "tokio::spawn");
        assert!(
            said.contains("`MutexGuard<'_, HashMap<UserId, User>>`"),
            "{said}"
        );
        assert!(said.ends_with("Let go of it before the await"), "{said}");
    }

    #[test]
    fn a_closure_for_a_thread_needs_what_threads_share() {
        for taker in [
            "spawn_blocking",
            "JoinSet::<T>::spawn_blocking",
            "spawn",
            "rayon::spawn",
        ] {
            let said = line("Rc<Cell<usize>>", "Send", taker);
            assert!(
                said.contains("another thread, and this one") && said.contains("Arc"),
                "{said}"
            );
            assert!(!said.contains("spawn_local"), "{said}");
        }
    }

    #[test]
    fn what_is_long_is_cut_and_what_is_about_something_else_left_alone() {
        let said = line(
            &format!("Rc<{}>", "Long".repeat(40)),
            "Send",
            "tokio::spawn",
        );
        assert!(said.contains("holds `Rc<…>`"), "{said}");
        assert_eq!(
            of("error[E0425]: cannot find value `x` in this scope"),
            None
        );
        // A bound of the submission's own names no taker that is known; nothing of it is long either.
        assert!(of("the trait `Send` is not implemented for `Rc<u8>`").is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_borne(kind: String, taker: String) {
            let _ = of(&format!("the trait `Send` is not implemented for `{kind}` required by a bound in `{taker}`"));
        }
    }
}
