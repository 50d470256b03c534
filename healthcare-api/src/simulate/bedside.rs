//! One simulated patient: values of their own, the course of their illness, noise, and sensors that fall off.

use chrono::{DateTime, SecondsFormat, Utc};
use healthcare_domain::vitals::Consciousness;
use healthcare_telemetry_gateway::{
    reading::{RawValue, Reading},
    signal::Signal,
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{Effect, Scenario};

/// What devices send for "no signal" (see the gateway's normalisation).
const NO_SIGNAL: [f64; 4] = [0.0, -100.0, -999.0, -32768.0];
/// How often a sensor falls off, a second.
const FALLS_OFF: f64 = 0.004;
/// How fast a value forgets its noise, a second.
const FORGETS: f64 = 0.15;

/// One value of one signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Of what.
    pub signal: Signal,
    /// As a device sends it; a sentinel when the sensor has fallen off.
    pub value: RawValue,
}

/// A simulated patient. The same seed and the same steps give the same samples.
pub struct Bedside {
    random: StdRng,
    scenario: Scenario,
    /// Seconds since the illness began.
    ill_for: f64,
    /// Seconds since the monitor was switched on.
    watched_for: f64,
    own: Own,
    noise: Noise,
    /// A sensor that is off, and for how many seconds still.
    off: Option<(Signal, f64)>,
    /// When each slow signal is due next.
    due: Due,
    told: Option<(Consciousness, bool)>,
}

/// The values of a body that is well.
struct Own {
    heart_rate: f64,
    respiratory_rate: f64,
    spo2: f64,
    systolic_bp: f64,
    temperature: f64,
}

/// How far each value is from where it should be; it wanders and comes back.
#[derive(Default)]
struct Noise {
    heart_rate: f64,
    respiratory_rate: f64,
    spo2: f64,
    systolic_bp: f64,
    temperature: f64,
}

#[derive(Default)]
struct Due {
    pressure: f64,
    temperature: f64,
    charted: f64,
}

impl Bedside {
    /// The `number`th patient of a seed.
    pub fn new(seed: u64, number: u64, scenario: Scenario) -> Self {
        // Neighbouring seeds and numbers must not share a stream: both are spread over all bits (SplitMix64's step).
        let mixed =
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number.wrapping_add(1).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mut random = StdRng::seed_from_u64(mixed);
        let own = Own {
            heart_rate: random.random_range(64.0..80.0),
            respiratory_rate: random.random_range(13.0..16.5),
            spo2: random.random_range(97.0..98.6),
            systolic_bp: random.random_range(118.0..132.0),
            temperature: random.random_range(36.5..37.1),
        };
        let ill_for = -random.random_range(0.0..6.0);
        Self {
            random,
            scenario,
            ill_for,
            watched_for: 0.0,
            own,
            noise: Noise::default(),
            off: None,
            due: Due::default(),
            told: None,
        }
    }

    /// Begins another course now.
    pub fn turn(&mut self, scenario: Scenario) {
        self.scenario = scenario;
        self.ill_for = 0.0;
    }

    /// Lets `seconds` go by and answers what the monitor sends then. Heart, breath and saturation come each time, the
    /// pressure every 5 s, the temperature every 10 s, what nurses chart every 15 s and when it changes.
    pub fn step(&mut self, seconds: f64) -> Vec<Sample> {
        self.ill_for += seconds;
        self.watched_for += seconds;
        self.wander(seconds);
        self.lose_a_sensor(seconds);
        let Effect { oxygen_flow, consciousness, .. } = self.effect();
        let mut samples = self.fast();
        if self.watched_for >= self.due.pressure {
            self.due.pressure = self.watched_for + 5.0;
            samples.extend(self.pressure());
        }
        if self.watched_for >= self.due.temperature {
            self.due.temperature = self.watched_for + 10.0;
            let value = self.own.temperature + self.effect().temperature + self.noise.temperature;
            samples.push(self.measured(Signal::Temperature, (value * 10.0).round() / 10.0, 34.0, 42.5));
        }
        let charted = (consciousness, oxygen_flow > 0.0);
        if self.watched_for >= self.due.charted || self.told != Some(charted) {
            self.due.charted = self.watched_for + 15.0;
            self.told = Some(charted);
            let letter = match consciousness {
                Consciousness::Alert => "A",
                Consciousness::Confusion => "C",
                Consciousness::Voice => "V",
                Consciousness::Pain => "P",
                Consciousness::Unresponsive => "U",
            };
            samples.push(Sample { signal: Signal::Consciousness, value: RawValue::Text(letter.into()) });
            samples.push(Sample { signal: Signal::OnOxygen, value: RawValue::Flag(oxygen_flow > 0.0) });
            samples.push(Sample { signal: Signal::OxygenFlow, value: RawValue::Number(oxygen_flow) });
        }
        samples
    }

    fn effect(&self) -> Effect {
        self.scenario.effect(self.ill_for)
    }

    fn fast(&mut self) -> Vec<Sample> {
        let (effect, own, noise) = (self.effect(), &self.own, &self.noise);
        let heart = own.heart_rate + effect.heart_rate + noise.heart_rate;
        let breath = own.respiratory_rate + effect.respiratory_rate + noise.respiratory_rate;
        let saturation = own.spo2 + effect.spo2 + noise.spo2;
        vec![
            self.measured(Signal::HeartRate, heart.round(), 30.0, 220.0),
            self.measured(Signal::RespiratoryRate, breath.round(), 4.0, 60.0),
            self.measured(Signal::Spo2, saturation.round(), 60.0, 100.0),
        ]
    }

    fn pressure(&mut self) -> [Sample; 2] {
        let systolic = self.own.systolic_bp + self.effect().systolic_bp + self.noise.systolic_bp;
        // The diastolic pressure follows the systolic one, about two thirds of it.
        let diastolic = 12.0 + systolic * 0.53;
        [
            self.measured(Signal::SystolicBp, systolic.round(), 50.0, 240.0),
            self.measured(Signal::DiastolicBp, diastolic.round(), 25.0, 140.0),
        ]
    }

    /// The value as the sensor gives it: within what it can measure, or its word for "no signal".
    fn measured(&mut self, signal: Signal, value: f64, low: f64, high: f64) -> Sample {
        let off = self.off.is_some_and(|(which, _)| which == signal);
        let sentinel = NO_SIGNAL.choose(&mut self.random).copied().unwrap_or_default();
        let value = if off { sentinel } else { value.clamp(low, high) };
        Sample { signal, value: RawValue::Number(value) }
    }

    /// Noise that is drawn back to nothing (Ornstein-Uhlenbeck), so that values neither jump nor drift away.
    fn wander(&mut self, seconds: f64) {
        let keep = (-FORGETS * seconds).exp();
        let fresh = (1.0 - keep * keep).sqrt();
        let random = &mut self.random;
        let mut move_on = |noise: &mut f64, spread: f64| {
            // The sum of three even draws is near enough to a normal one, and bounded.
            let draw: f64 = (0..3).map(|_| random.random_range(-1.0..1.0)).sum();
            *noise = *noise * keep + fresh * spread * draw;
        };
        move_on(&mut self.noise.heart_rate, 2.2);
        move_on(&mut self.noise.respiratory_rate, 0.6);
        move_on(&mut self.noise.spo2, 0.35);
        move_on(&mut self.noise.systolic_bp, 2.0);
        move_on(&mut self.noise.temperature, 0.05);
    }

    /// A finger moves, an electrode loosens: the sensor says so for a few seconds.
    fn lose_a_sensor(&mut self, seconds: f64) {
        self.off = match self.off {
            Some((signal, left)) => (left > seconds).then_some((signal, left - seconds)),
            None if self.random.random_bool((FALLS_OFF * seconds).clamp(0.0, 1.0)) => {
                let signals = [Signal::Spo2, Signal::Spo2, Signal::HeartRate, Signal::RespiratoryRate];
                let signal = signals.choose(&mut self.random).copied().unwrap_or(Signal::Spo2);
                Some((signal, self.random.random_range(1.0..6.0)))
            }
            None => None,
        };
    }
}

/// The readings of one moment as a device sends them. `seq` runs on.
pub fn readings(serial: &str, at: DateTime<Utc>, samples: Vec<Sample>, seq: &mut i64) -> Vec<Reading> {
    let measured_at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let reading = |Sample { signal, value }: Sample| {
        *seq += 1;
        Reading {
            event_id: format!("{serial}-{}-{}", signal.number(), at.timestamp_micros()),
            device_id: None,
            serial: Some(serial.to_owned()),
            code: signal.code().to_owned(),
            value,
            unit: signal.sign().map(|sign| sign.unit().to_owned()),
            measured_at: measured_at.clone(),
            sent_at: Some(measured_at.clone()),
            seq: Some(*seq),
        }
    };
    samples.into_iter().map(reading).collect()
}

#[cfg(test)]
#[path = "bedside_test.rs"]
mod tests;
