//! A whole class: found, planned, graded, kept, and reported to its teacher.

pub mod batch;
pub mod class_report;
pub mod date;
pub mod similar;
