//! Processes: started, spoken to, limited and ended. Nothing above is known here.

pub mod driver;
pub mod interrupt;
pub mod limits;
pub mod sandbox;
pub mod stop;
pub mod stopwatch;
pub mod supervisor;
mod threads;
pub mod toolchain;
