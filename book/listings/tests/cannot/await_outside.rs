//! Only what can be suspended may await.

// ANCHOR: listing
async fn fetch() -> u32 {
    42
}

fn main() {
    println!("{}", fetch().await);
}
// ANCHOR_END: listing
