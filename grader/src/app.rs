//! The program: parse, call one room, print.

pub mod cli;
pub mod commands;
