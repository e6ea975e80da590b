//! Logs: structured events on standard error, as text for people or JSON for machines.

use std::io::{self, IsTerminal as _};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::Config;
use crate::config::log::LogFormat;

/// Sends log events of this process to standard error from now on. To be called once; later calls change nothing.
pub fn init(config: &Config) {
    let subscriber = subscriber(&config.log, config.log_format, io::stderr, io::stderr().is_terminal());
    // It fails only if one is installed already, and then that one goes on.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Writes events that pass the filter, one line each. A filter that does not parse counts as `info`; the
/// configuration has refused such a filter before.
fn subscriber<W>(
    filter: &str,
    format: LogFormat,
    writer: W,
    colors: bool,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colors);
    match format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, format: LogFormat) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(filter, format, move || writer.clone(), false);
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(port = 8080, "listening");
            tracing::debug!("detail");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn text_is_one_line_an_event() {
        let text = logged("info", LogFormat::Text);
        assert!(text.ends_with("listening port=8080\n"), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }

    #[test]
    fn json_is_one_object_an_event() {
        let text = logged("debug", LogFormat::Json);
        let events: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events.len(), 2, "{text}");
        assert_eq!(events[0]["level"], "INFO");
        assert_eq!(events[0]["message"], "listening");
        assert_eq!(events[0]["port"], 8080);
    }

    #[test]
    fn filter_chooses_by_level_and_module() {
        assert_eq!(logged("off", LogFormat::Text), "");
        assert_eq!(logged("warn,grantry_server=info", LogFormat::Text).lines().count(), 1);
    }
}
