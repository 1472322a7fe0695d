use std::sync::Arc;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Why the tick could not be started.
#[derive(Debug, thiserror::Error)]
#[error("the scheduler could not be started: {0}")]
pub struct TickError(#[from] JobSchedulerError);

/// The house-keeping clock. tokio-cron-scheduler drops activations of thousands of jobs and errs by an hour at the change of
/// daylight saving time, so it drives nothing but this: a wake-up every few seconds. When a watch is due is data in the store.
pub struct Tick {
    scheduler: JobScheduler,
}

impl std::fmt::Debug for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tick").finish_non_exhaustive()
    }
}

impl Tick {
    /// Wakes `wake` by a cron expression with seconds, in UTC.
    ///
    /// # Errors
    /// When the expression is wrong or the scheduler can't start.
    pub async fn start(expression: &str, wake: Arc<Notify>) -> Result<Self, TickError> {
        let scheduler = JobScheduler::new().await?;
        scheduler.add(Job::new(expression, move |_, _| wake.notify_one())?).await?;
        scheduler.start().await?;
        Ok(Self { scheduler })
    }

    /// Stops ticking.
    pub async fn stop(mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!("the scheduler did not stop cleanly: {error}");
        }
    }
}
