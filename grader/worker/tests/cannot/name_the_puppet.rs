//! Of the worker only the protocol can be named.

use worker::database::SupervisedDatabase;
use worker::journal::Journal;

fn main() {}
