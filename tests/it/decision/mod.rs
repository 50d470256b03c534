//! What was judged can be judged again.

mod replay;
