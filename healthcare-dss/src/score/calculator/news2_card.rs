//! What is told of NEWS2, which is computed by [`crate::score::news2`].

use super::{
    Ages, Card,
    input::{choice, number, whether},
};
use crate::score::news2;

/// NEWS2.
pub static NEWS2: Card = Card {
    name: "news2",
    title: "National Early Warning Score 2",
    version: news2::VERSION,
    citation: "Royal College of Physicians. National Early Warning Score (NEWS) 2. London, 2017",
    unit: None,
    ages: Ages::Adults,
    inputs: &[
        number("respiratory_rate", "breaths a minute; 0 is apnoea", "/min", (0.0, 70.0)),
        choice("spo2_scale", "2 where prescribed for hypercapnic respiratory failure; 1 if not said", &["1", "2"])
            .optional(),
        number("spo2", "oxygen saturation", "%", (1.0, 100.0)),
        whether("on_oxygen", "supplemental oxygen is given"),
        number("systolic_bp", "systolic blood pressure", "mm[Hg]", (1.0, 399.0)),
        number("pulse", "beats a minute", "/min", (1.0, 299.0)),
        choice(
            "consciousness",
            "alert, new confusion, responds to voice, to pain, unresponsive",
            &["A", "C", "V", "P", "U"],
        ),
        number("temperature", "temperature", "Cel", (10.1, 49.9)),
    ],
};
