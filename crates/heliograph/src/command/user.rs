//! `heliograph user`: accounts, from the console of a stopped hub.

use super::log::exists;
use super::say;
use crate::Failure;
use heliograph_domain::Lang;
use heliograph_domain::staff::Role;
use heliograph_hub::console::{self, NewAccount};
use heliograph_hub::{Clock, SystemClock};
use std::path::PathBuf;

/// Looks after accounts while the hub is stopped: when nobody can sign in any longer.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Says who has an account, with which roles.
    List {
        /// The hub's data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
    },
    /// Adds somebody, and prints their first password.
    Add {
        /// The hub's data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// Their user name: 1 to 32 of a-z, 0-9 and '-'.
        id: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// Their department's id.
        #[arg(long, default_value = "office")]
        department: String,
        /// A role, as often as they have several: author, confidentiality-reviewer, countersigner, approver, inspector,
        /// enquiry-operator, display-operator, administrator.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
    },
    /// Gives somebody a new password, which it prints, and takes their second factor away. Everything that was signed in as
    /// them ends; whoever was disabled is enabled.
    Reset {
        /// The hub's data folder.
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// Their user name.
        id: String,
    },
}

fn parsed<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, Failure>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| Failure::Usage(format!("{option}: {error}")))
}

fn role(text: &str) -> Result<Role, Failure> {
    let named = serde_json::from_value(serde_json::json!(text));
    named.map_err(|_| {
        Failure::Usage(format!(
            "--role: `{text}` is not a role; `heliograph user add --help` names them"
        ))
    })
}

fn tell(id: &str, password: &str) {
    say(&format!("{id}: the password is now\n\n    {password}\n"));
    say("Tell it to nobody else. At their first sign-in they choose their own, before anything else.");
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    match &args.action {
        Action::List { data } => {
            exists(data)?;
            for account in console::accounts(data)? {
                let roles: Vec<&str> = account.roles.iter().map(|role| role.label(Lang::En)).collect();
                let mut notes = vec![if roles.is_empty() {
                    "no role".to_owned()
                } else {
                    roles.join(", ")
                }];
                notes.extend(account.disabled.then(|| "disabled".to_owned()));
                notes.extend(account.second_factor.then(|| "second factor".to_owned()));
                say(&format!("{:<24} {}  [{}]", account.id, account.name, notes.join("; ")));
            }
        }
        Action::Add {
            data,
            id,
            name,
            department,
            roles,
        } => {
            exists(data)?;
            let roles = roles.iter().map(|text| role(text)).collect::<Result<_, _>>()?;
            if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
                return Err(Failure::Usage("--name: 1 to 60 characters".to_owned()));
            }
            let account = NewAccount {
                id: parsed("the user name", id)?,
                name: name.clone(),
                department: parsed("--department", department)?,
                roles,
            };
            tell(id, &console::add_account(data, &account, SystemClock.now())?);
        }
        Action::Reset { data, id } => {
            exists(data)?;
            let staff = parsed("the user name", id)?;
            tell(id, &console::reset_account(data, &staff, SystemClock.now())?);
        }
    }
    Ok(())
}
