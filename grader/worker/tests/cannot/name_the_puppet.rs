//! Of the worker only the protocol can be named.

use worker::operator::Waiting;
use worker::journal::Journal;

fn main() {}
