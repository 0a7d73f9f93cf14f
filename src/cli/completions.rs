//! `tidegate completions`: what a shell needs to complete this command's words.

use std::io::Write;
use std::process::ExitCode;

use clap::Command;
use clap::builder::PossibleValuesParser;

use crate::own_rules::all_ids;
use crate::wasm::builtin_names;

/// The arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  source <(tidegate completions bash)\n  \
    tidegate completions bash > ~/.local/share/bash-completion/completions/tidegate\n  \
    tidegate completions zsh > \"${fpath[1]}/_tidegate\"\n  \
    tidegate completions fish > ~/.config/fish/completions/tidegate.fish")]
pub(crate) struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// The shells for which there are completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shell {
    /// GNU Bash, with the package bash-completion.
    Bash,
    /// The Z shell.
    Zsh,
    /// The friendly interactive shell.
    Fish,
}

/// Writes the script to standard output.
pub(crate) fn run(arguments: &CompletionsArguments, command: Command) -> anyhow::Result<ExitCode> {
    let generator = match arguments.shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    let mut script = Vec::new();
    let mut command = with_rules(command);
    clap_complete::generate(generator, &mut command, "tidegate", &mut script);
    if arguments.shell == Shell::Fish {
        script.extend(values_for_fish(&command).into_bytes());
    }
    std::io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// The command with the names of all rules as the values of every argument that is a rule: they are
/// offered, while the command itself knows better what was meant by another one.
pub(super) fn with_rules(command: Command) -> Command {
    let rules = all_ids();
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |subcommand| {
            subcommand.mut_args(|argument| {
                if argument.get_value_names().is_none_or(|names| names != ["RULE"]) {
                    return argument;
                }
                // Policies are explained too.
                let policies = builtin_names().filter(|_| argument.is_positional());
                let names: Vec<&'static str> = rules.iter().copied().chain(policies).collect();
                argument.value_parser(PossibleValuesParser::new(names))
            })
        })
    })
}

/// The values of arguments without a dash, which the script for fish leaves out.
fn values_for_fish(command: &Command) -> String {
    let mut lines = String::new();
    for subcommand in command.get_subcommands() {
        for argument in subcommand.get_positionals() {
            let values = argument.get_possible_values();
            let names: Vec<&str> =
                values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name()).collect();
            if !names.is_empty() {
                let condition = format!("__fish_tidegate_using_subcommand {}", subcommand.get_name());
                lines.push_str(&format!("complete -c tidegate -n \"{condition}\" -f -a \"{}\"\n", names.join(" ")));
            }
        }
    }
    lines
}
