//! A whole class: found, planned, graded, kept, and told to its teacher.

pub mod batch;
pub mod class_report;
pub mod date;
pub mod similar;
