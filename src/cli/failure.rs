use crate::service::SetupError;
use std::io::IsTerminal as _;
use std::process::ExitCode;

/// Why a command failed, and whose fault it is.
#[derive(Debug)]
pub(super) enum Failure {
    /// Bad usage or input: exit code 2.
    Usage(miette::Report),
    /// The outside world failed: a server, the disk, the store. Exit code 3.
    World(miette::Report),
}

/// Messages are broken into lines where a person reads them on a terminal only: a script, or an editor that looks for `file:line:column`,
/// gets them whole.
pub(super) fn keep_lines_whole() {
    let is_read = std::io::stderr().is_terminal();
    // It fails only where a hook is set already, and nobody else sets one.
    let _ = miette::set_hook(Box::new(move |_| Box::new(miette::MietteHandlerOpts::new().wrap_lines(is_read).build())));
}

impl Failure {
    pub(super) fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(miette::miette!("{error}"))
    }

    pub(super) fn world(error: impl std::fmt::Display) -> Self {
        Self::World(miette::miette!("{error}"))
    }

    /// Says it on stderr.
    pub(super) fn report(self) -> ExitCode {
        let (report, code) = match self {
            Self::Usage(report) => (report, 2),
            Self::World(report) => (report, 3),
        };
        eprintln!("{report:?}");
        ExitCode::from(code)
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Problems(problems) => {
                let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Self::Usage(miette::miette!("{}", lines.join("\n")))
            }
            other => Self::usage(other),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::world(error)
    }
}
