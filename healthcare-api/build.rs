//! How the release binary is linked: small, for its pages are most of what an idle server keeps in memory.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|known| known == value);
    // Where Rust brings its own linker, LLD.
    let lld = is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu");
    if lld && is("PROFILE", "release") {
        // Generic code of many types is often the same instructions: kept once.
        println!("cargo::rustc-link-arg-bin=healthcare=-Wl,--icf=all");
        // Where the program's tables point to, in kilobytes and not megabytes (glibc 2.36 and later).
        println!("cargo::rustc-link-arg-bin=healthcare=-Wl,-z,pack-relative-relocs");
    }
}
