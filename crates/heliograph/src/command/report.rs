//! `heliograph report`

use super::say;
use crate::Failure;
use clap::{Subcommand, ValueEnum};
use heliograph_domain::Lang;
use heliograph_domain::report::AnnualReport;
use heliograph_hub::report;
use heliograph_log::{DiskLog, EventLog};
use std::path::PathBuf;
use std::sync::Arc;

/// Prints reports.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    report: Report,
}

#[derive(Subcommand)]
enum Report {
    /// How many publications were released in a year, by category.
    Annual {
        /// The year.
        #[arg(long)]
        year: u16,
        /// The hub's data folder (the hub must not be running; a running hub answers /api/v1/reports/annual).
        #[arg(long, default_value = "./heliograph-data")]
        data: PathBuf,
        /// How it is printed.
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let Report::Annual { year, data, format } = &args.report;
    if !data.exists() {
        return Err(Failure::Problem(format!(
            "there is no data folder {}: name it with --data",
            data.display()
        )));
    }
    let log: Arc<dyn EventLog> = Arc::new(DiskLog::open(data)?);
    let report = report::of_log(&log, *year)?.ok_or_else(|| {
        Failure::Problem(format!(
            "{} has no site profile yet: set it in the admin",
            data.display()
        ))
    })?;
    match format {
        Format::Json => say(&serde_json::to_string_pretty(&report)?),
        Format::Csv => rows(&report)
            .iter()
            .for_each(|(slug, _, count)| say(&format!("{slug},{count}"))),
        Format::Text => rows(&report)
            .iter()
            .for_each(|(_, label, count)| say(&format!("{count:>5}  {label}"))),
    }
    Ok(())
}

fn rows(report: &AnnualReport) -> Vec<(String, String, u32)> {
    let category = |(category, count): (&heliograph_domain::catalogue::Category, &u32)| {
        let label = format!("{} {}", category.label(Lang::ZhHans), category.label(Lang::En));
        (category.slug().to_owned(), label, *count)
    };
    let extra = |slug: &str, label: &str, count| (slug.to_owned(), label.to_owned(), count);
    let mut rows: Vec<_> = report.categories.iter().map(category).collect();
    rows.push(extra(
        "total",
        &format!("{}年合计 Total of {}", report.year, report.year),
        report.total,
    ));
    rows.push(extra(
        "internal-rules",
        "其中：内部公开制度 Internal disclosure rules among them",
        report.internal_rules,
    ));
    rows.push(extra(
        "power-subjects",
        "行政主体 Administrative subjects",
        report.power_subjects,
    ));
    rows.push(extra("powers", "行政权力 Powers", report.powers));
    rows
}
