//! An open loop: messages are due by the clock, whatever the server does, and their lateness counts from
//! there. So a server that stops for a second has a second's messages late, not one.

use crate::{
    crowd::Crowd,
    heard::{histogram, micros},
    process::{Process, stolen},
};
use anyhow::Result;
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use std::{thread, time::Duration};
use tokio::{
    sync::mpsc,
    task::yield_now,
    time::{sleep, timeout},
};

/// For what is still under way when the last message has been sent.
const STRAGGLERS: Duration = Duration::from_secs(10);

/// How to wait for the next message's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Keeps a processor busy and is never late.
    Spin,
    /// Leaves the processor to others in between.
    Sleep,
}

#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// A second, of all together.
    pub rate: u32,
    pub lasts: Duration,
    pub wait: Wait,
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    pub rate: u32,
    pub sent: u64,
    pub lost: u64,
    pub disordered: u64,
    pub strange: u64,
    pub closed: u64,
    pub late: Histogram<u64>,
    /// How late we were ourselves in sending. Much of it: then the figures say more of us than of the server.
    pub ourselves: Histogram<u64>,
    /// Microseconds of processor for each message.
    pub cpu: f64,
    /// Of the processors' time, meanwhile, by the host of this machine.
    pub stolen_percent: f64,
}

impl Flow {
    /// In turn, everybody to their partner.
    pub async fn run(self, crowd: &mut Crowd, server: &[&Process]) -> Result<Report> {
        crowd.heard().begin_anew();
        let busy = || -> Result<Duration> { server.iter().map(|it| it.busy()).sum() };
        let before = busy()?;
        let (stolen_before, all_before) = stolen()?;
        let sent = u64::from(self.rate) * self.lasts.as_millis() as u64 / 1_000;
        let mut ourselves = histogram()?;
        let mut ticks = Ticks::start(self, sent);
        for number in 0..sent {
            let due = ticks.next().await;
            ourselves.saturating_record(micros().saturating_sub(due).max(1));
            crowd.speak(number as usize % crowd.len(), due).await?;
        }
        let all_in = async {
            while crowd.heard().received < sent {
                sleep(Duration::from_millis(10)).await;
            }
        };
        // What has not come by then is lost, and counted.
        timeout(STRAGGLERS, all_in).await.ok();
        let cpu = (busy()? - before).as_secs_f64() * 1e6 / sent as f64;
        let (stolen, all) = stolen()?;
        let passed = (all - all_before).max(1) as f64;
        let heard = crowd.heard();
        Ok(Report {
            rate: self.rate,
            sent,
            lost: sent.saturating_sub(heard.received),
            disordered: heard.disordered,
            strange: heard.strange,
            closed: heard.closed,
            late: heard.late.clone(),
            ourselves,
            cpu,
            stolen_percent: (stolen - stolen_before) as f64 * 100.0 / passed,
        })
    }
}

impl Report {
    /// In milliseconds.
    pub fn late(&self, quantile: f64) -> f64 {
        self.late.value_at_quantile(quantile) as f64 / 1_000.0
    }

    pub fn json(&self) -> Value {
        json!({
            "per_second": self.rate, "sent": self.sent, "lost": self.lost, "disordered": self.disordered,
            "cpu_us": self.cpu, "p50_ms": self.late(0.5), "p99_ms": self.late(0.99),
            "p999_ms": self.late(0.999), "stolen_percent": self.stolen_percent,
            "ourselves_p99_ms": self.ourselves.value_at_quantile(0.99) as f64 / 1_000.0,
        })
    }
}

/// The times at which messages are due, one after another.
struct Ticks {
    begun: u64,
    gap: f64,
    count: u64,
    /// From a thread that sleeps more precisely than tokio's timers do.
    alarm: Option<mpsc::UnboundedReceiver<()>>,
}

impl Ticks {
    fn start(flow: Flow, count: u64) -> Ticks {
        let begun = micros();
        let gap = 1e6 / f64::from(flow.rate);
        let due = move |number: u64| begun + (number as f64 * gap) as u64;
        let alarm = (flow.wait == Wait::Sleep).then(|| {
            let (rings, alarm) = mpsc::unbounded_channel();
            thread::spawn(move || {
                for number in 0..count {
                    thread::sleep(Duration::from_micros(due(number).saturating_sub(micros())));
                    if rings.send(()).is_err() {
                        return;
                    }
                }
            });
            alarm
        });
        Ticks {
            begun,
            gap,
            count: 0,
            alarm,
        }
    }

    async fn next(&mut self) -> u64 {
        let due = self.begun + (self.count as f64 * self.gap) as u64;
        self.count += 1;
        match &mut self.alarm {
            Some(alarm) => {
                alarm.recv().await;
            }
            // At least once: those who listen come between two messages.
            None => loop {
                yield_now().await;
                if micros() >= due {
                    break;
                }
            },
        }
        due
    }
}
