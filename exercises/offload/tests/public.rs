//! The tests you can see.

use std::cell::RefCell;
use std::rc::Rc;

use kit::{HashError, verify_password};
use offload::PasswordService;
use tokio::task::{LocalSet, spawn_local};

#[tokio::test]
async fn a_hash_belongs_to_its_password() {
    let hash = LocalSet::new()
        .run_until(async {
            let service = PasswordService::new(2);
            service.hash("correct horse".to_owned()).await
        })
        .await
        .expect("a short password is hashed");
    assert_eq!(verify_password("correct horse", &hash), Ok(true));
}

#[tokio::test]
async fn a_password_that_is_too_long_is_an_error() {
    let service = PasswordService::new(1);
    let answer = LocalSet::new()
        .run_until(service.hash("x".repeat(73)))
        .await;
    assert_eq!(answer, Err(HashError::TooLong));
}

#[tokio::test]
async fn another_task_runs_while_a_password_is_hashed() {
    let order = Rc::new(RefCell::new(Vec::new()));
    LocalSet::new()
        .run_until(async {
            let service = PasswordService::new(1);
            let other = Rc::clone(&order);
            spawn_local(async move { other.borrow_mut().push("the other task") });
            let _ = service.hash("correct horse".to_owned()).await;
            order.borrow_mut().push("the hash");
        })
        .await;
    assert_eq!(*order.borrow(), ["the other task", "the hash"]);
}
