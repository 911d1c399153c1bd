//! The tests you can see. `cargo grade connection_pool` runs the hidden ones.

use std::time::Duration;

use connection_pool::Pool;
use futures::future::join_all;
use kit::server::{Answer, Question, Server};
use tokio::task::LocalSet;
use tokio::time::{Instant, timeout};

const LATENCY: Duration = Duration::from_millis(200);

#[tokio::test(start_paused = true)]
async fn as_many_connections_as_allowed_are_used_and_kept() {
    for (max, rounds) in [(1, 6), (2, 3), (6, 1)] {
        let server = Server::simulated(LATENCY);
        LocalSet::new()
            .run_until(async {
                let pool = Pool::new(server.clone(), max);
                let before = Instant::now();
                let answers = join_all((1..=6).map(|number| pool.ask(Question(number)))).await;
                let expected = (1..=6).map(|number| Ok(Answer(number)));
                assert!(answers.into_iter().eq(expected));
                // One latency to connect, then one for each question.
                assert_eq!(before.elapsed(), (1 + rounds) * LATENCY);
                assert_eq!((server.opened(), server.open()), (max, max));
            })
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_used_again() {
    let server = Server::simulated(LATENCY);
    let tasks = LocalSet::new();
    let asked = tasks.run_until(async {
        let pool = Pool::new(server.clone(), 2);
        for number in 1..=3 {
            assert_eq!(pool.ask(Question(number)).await, Ok(Answer(number)));
        }
        assert_eq!(server.opened(), 1);
    });
    asked.await;
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_the_answer_to_a_question_whose_caller_is_gone() {
    let tasks = LocalSet::new();
    let asked = tasks.run_until(async {
        let pool = Pool::new(Server::simulated(LATENCY), 1);
        assert_eq!(pool.ask(Question(1)).await, Ok(Answer(1)));
        assert!(timeout(LATENCY / 2, pool.ask(Question(2))).await.is_err());
        assert_eq!(pool.ask(Question(3)).await, Ok(Answer(3)));
    });
    asked.await;
}
