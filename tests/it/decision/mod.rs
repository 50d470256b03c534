//! What was judged can be judged again.

mod facts;
mod guidelines;
mod replay;
