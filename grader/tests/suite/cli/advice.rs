//! What is said of code that rustc refuses, beside rustc's own words: why, where, and what to do instead.

use crate::courses::Scratch;

/// What a person is told of this text.
fn said_of(course: &Scratch, drill: &str, text: &str) -> String {
    course.write("crates/mine/src/lib.rs", text);
    let said = course.run(&["grade", drill, "crates/mine", "--seed", "7"]);
    assert_eq!(said.code, 1, "{}", said.err);
    said.out
}

/// A cache that keeps rows in `keeps`, and looks after each as `rest` says.
fn cache(keeps: &str, rest: &str) -> String {
    format!(
        "use std::cell::{{Cell, RefCell}};\nuse std::collections::HashMap;\nuse std::rc::Rc;\n\
         use std::sync::{{Arc, Mutex}};\nuse kit::{{Db, DbError, User, UserId}};\n\
         type Rows = HashMap<UserId, User>;\n\
         pub struct UserCache {{ db: Db, rows: {keeps} }}\n\
         impl UserCache {{\n\
             pub fn new(db: Db) -> Self {{ Self {{ db, rows: Default::default() }} }}\n\
             {rest}\n\
         }}\n"
    )
}

const ACCOUNTS: &str = "use std::collections::HashMap;\nuse kit::bank::{AccountId, Bank, BankError};\n\
    pub struct Accounts(Bank, HashMap<AccountId, i64>);\n\
    impl Accounts {\n\
        pub fn new(bank: Bank) -> Self { Self(bank, HashMap::new()) }\n\
        pub async fn deposit(RECEIVER, account: AccountId, amount: i64) -> Result<i64, BankError> {\n\
            self.1.insert(account, amount);\n\
            self.0.read(account).await\n\
        }\n\
    }\n";

#[test]
fn a_method_that_the_drill_calls_must_take_a_shared_self_whatever_rustc_proposes() {
    let course = Scratch::gradable();
    let get_user = |receiver: &str| {
        let body = "let user = self.db.fetch_user(id).await?; self.rows.insert(id, user.clone()); Ok(user)";
        let method = format!(
            "pub async fn get_user({receiver}, id: UserId) -> Result<User, DbError> {{ {body} }}"
        );
        cache("Rows", &method)
    };
    for receiver in ["&self", "&mut self", "mut self", "\n        &'_ mut self"] {
        let said = said_of(&course, "inflight_fix", &get_user(receiver));
        assert!(said.contains("`get_user` must take `&self`: "), "{said}");
        assert_eq!(said.matches("must take").count(), 1, "{said}");
        let said = said_of(
            &course,
            "lost_update",
            &ACCOUNTS.replace("RECEIVER", receiver),
        );
        assert!(said.contains("`deposit` must take `&self`: "), "{said}");
    }
}

#[test]
fn what_is_proposed_for_a_type_of_the_learner_s_own_is_left_alone() {
    let course = Scratch::gradable();
    let own = "pub async fn get_user(&self, id: UserId) -> Result<User, DbError> { self.db.fetch_user(id).await }\n\
        }\n\
        #[derive(Default)]\nstruct Kept(Rows);\n\
        impl Kept { fn keep(&self, user: User) { self.0.insert(user.id, user); }";
    let said = said_of(&course, "inflight_fix", &cache("Kept", own));
    assert!(
        said.contains("fn keep(&mut self") && !said.contains("must take"),
        "{said}"
    );
    // A receiver is not the reason for whatever else is refused.
    let said = said_of(
        &course,
        "inflight_fix",
        &cache("Rows", "pub async fn get_user(&mut self) {}"),
    );
    assert!(
        said.contains("error[E0061]") && !said.contains("must take"),
        "{said}"
    );
}

#[test]
fn what_must_stay_on_its_thread_is_named_before_rustc_says_all_it_knows() {
    let course = Scratch::gradable();
    let spawned = |keeps: &str, call: &str, keeping: &str| {
        let body = format!(
            "let (db, rows) = (self.db.clone(), self.rows.clone());\n\
             {call}(async move {{ {keeping} Ok::<User, DbError>(user) }});\n\
             self.db.fetch_user(id).await"
        );
        cache(
            keeps,
            &format!(
                "pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {{ {body} }}"
            ),
        )
    };
    let borrowed =
        "let user = db.fetch_user(id).await?; rows.borrow_mut().insert(id, user.clone());";
    let locked = "let mut rows = rows.lock().unwrap(); let user = db.fetch_user(id).await?; rows.insert(id, user.clone());";
    let set = "tokio::task::JoinSet::new().spawn";
    for (keeps, call, keeping, first) in [
        (
            "Rc<RefCell<Rows>>",
            "tokio::spawn",
            borrowed,
            "`tokio::spawn` takes a future that may move to another thread, and this one holds `Rc<RefCell<HashMap<UserId, User>>>`",
        ),
        (
            "Arc<RefCell<Rows>>",
            "tokio::task::spawn",
            borrowed,
            "`tokio::spawn` takes a future that may move to another thread, and this one holds `RefCell<HashMap<UserId, User>>`",
        ),
        (
            "Rc<RefCell<Rows>>",
            set,
            borrowed,
            "`JoinSet::spawn` takes a future",
        ),
        (
            "Arc<Mutex<Rows>>",
            "tokio::spawn",
            locked,
            "`tokio::spawn` takes a future that may move to another thread, and this one holds `MutexGuard<'_, HashMap<UserId, User>>`",
        ),
    ] {
        let said = said_of(&course, "inflight_fix", &spawned(keeps, call, keeping));
        let line = said.lines().nth(2).unwrap_or_default().trim_start();
        assert!(line.starts_with(first), "{said}");
        let mend = if keeps.starts_with("Arc<Mutex") {
            "Let go of it before the await"
        } else {
            "spawn_local"
        };
        assert!(line.contains(mend), "{said}");
        assert!(
            said.contains("cannot be sent between threads safely"),
            "{said}"
        );
    }
}

#[test]
fn a_closure_for_a_thread_is_told_what_threads_share() {
    let course = Scratch::gradable();
    for call in ["tokio::task::spawn_blocking", "std::thread::spawn"] {
        let text = format!(
            "use std::cell::Cell;\nuse std::rc::Rc;\nuse kit::{{HashError, hash_password}};\n\
             pub struct PasswordService(Rc<Cell<usize>>);\n\
             impl PasswordService {{\n\
                 pub fn new(_: usize) -> Self {{ Self(Rc::default()) }}\n\
                 pub async fn hash(&self, password: String) -> Result<String, HashError> {{\n\
                     let hashed = Rc::clone(&self.0);\n\
                     {call}(move || {{ hashed.set(1); hash_password(&password) }});\n\
                     todo!()\n\
                 }}\n\
             }}\n"
        );
        let said = said_of(&course, "offload", &text);
        let line = said.lines().nth(2).unwrap_or_default();
        assert!(
            line.contains(
                "runs its closure on another thread, and this one holds `Rc<Cell<usize>>`"
            ),
            "{said}"
        );
        assert!(!said.contains("spawn_local"), "{said}");
    }
}

#[test]
fn a_place_is_a_path_from_where_the_reader_is() {
    let course = Scratch::gradable();
    let text = "pub struct UserCache(Missing);\n";
    let said = said_of(&course, "inflight_fix", text);
    assert!(said.contains("--> crates/mine/src/lib.rs:1:"), "{said}");
    course.write("exercises/inflight_fix/src/lib.rs", text);
    let said = course.run(&["grade", "inflight_fix"]).out;
    assert!(
        said.contains("--> exercises/inflight_fix/src/lib.rs:1:"),
        "{said}"
    );
    course.write("crates/lone.rs", text);
    let said = course.run(&["grade", "inflight_fix", "crates/lone.rs"]).out;
    assert!(said.contains("--> crates/lone.rs:1:"), "{said}");
    // At run time as well: what a panic says of itself.
    course.take(
        "solutions/inflight_fix/stub.rs",
        "exercises/inflight_fix/src/lib.rs",
    );
    let said = course.run(&["grade", "inflight_fix"]).out;
    assert!(
        said.contains("(exercises/inflight_fix/src/lib.rs:"),
        "{said}"
    );
    assert!(!said.contains("(src/lib.rs"), "{said}");
    // A verdict says the same wherever it is read.
    let verdict = course
        .run(&["grade", "inflight_fix", "--format", "json"])
        .out;
    assert!(
        verdict.contains("(src/lib.rs:") && !verdict.contains("inflight_fix/src/lib.rs:"),
        "{verdict}"
    );
}
