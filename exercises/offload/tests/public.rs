//! The tests you can see.

use kit::{HashError, verify_password};
use offload::PasswordService;
use tokio::task::LocalSet;

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
