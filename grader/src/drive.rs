//! Processes: started, spoken to, limited and ended. Nothing above is known here.

pub mod confined;
pub mod driver;
pub mod interpreter;
pub mod interrupt;
pub mod limits;
pub mod policies;
pub mod program;
mod promises;
pub mod sandbox;
pub mod stop;
pub mod stopwatch;
pub mod supervisor;
pub mod threads;
pub mod tight;
pub mod toolchain;
