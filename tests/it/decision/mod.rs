//! What was judged can be judged again.

mod guidelines;
mod replay;
