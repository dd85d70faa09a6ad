//! `heliograph render`: a publication file and a panel's profile in, pictures out, without a hub.

use super::say;
use crate::Failure;
use clap::ValueEnum;
use heliograph_domain::on_air::OnAir;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, Kind, Lang, Panel, PublicationId, Turn};

use heliograph_player::profile::MOST_PX;
use heliograph_player::{Clock, FontSource, SystemClock};
use heliograph_scene::{Card, Frame, Marks, Reel, Scene, Stage, needs_fonts};
use heliograph_sink::encode;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read};
use std::path::{Path, PathBuf};

/// A publication's file, or an office's, is read whole: no more than this.
const MOST_BYTES: u64 = 16 << 20;
/// Pictures that an animation has at most: five minutes of a strip at 30 a second.
const MOST_PICTURES: u32 = 9_000;
/// The most pixels of all its pictures together: what takes minutes to write and no browser plays.
const MOST_ANIMATED_PX: u64 = 1 << 32;

/// Draws a publication, or a built-in card, as a display with a panel's profile would show it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The publication: `{"kind": "notice", "content": {"zh-Hans": {…}, "en": {…}}}`, as the API takes a draft, or a
    /// document as the log keeps it.
    #[arg(required_unless_present = "card", conflicts_with = "card")]
    file: Option<PathBuf>,
    /// A built-in card instead of a publication.
    #[arg(long, value_enum)]
    card: Option<CardName>,
    /// The panel's profile.
    #[arg(long, default_value = "lobby-1080p")]
    profile: String,
    /// A folder with profiles of your own; what it does not have is taken from those that are part of the program.
    #[arg(long)]
    profiles: Option<PathBuf>,
    /// The language of the display's readers.
    #[arg(long, default_value = "zh-Hans")]
    lang: String,
    /// The office: a site's profile as `GET /api/v1/site` gives it. Without it, the sample office.
    #[arg(long)]
    site: Option<PathBuf>,
    /// Only this page, counted from 1.
    #[arg(long, conflicts_with_all = ["animated", "card"])]
    page: Option<u32>,
    /// One whole turn as it moves, as an animated PNG.
    #[arg(long, conflicts_with = "card")]
    animated: bool,
    /// The instant on the display's clock, for example 2026-11-24T10:05:30+08:00. Without it, now.
    #[arg(long)]
    at: Option<String>,
    /// Each pixel as so many: lamps are easier to look at enlarged.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=16))]
    scale: u32,
    /// Draws with the built-in bitmap font though others are installed.
    #[arg(long)]
    built_in_font: bool,
    /// The picture. Several pages become NAME-1.png, NAME-2.png and so on.
    #[arg(short, long, default_value = "render.png")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum CardName {
    Slate,
    Pairing,
    TestCard,
}

/// What everything is drawn with.
struct Easel<'a> {
    args: &'a Args,
    scene: Scene,
    site: SiteProfile,
    now: Instant,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let profile = super::profile(&args.profile, args.profiles.as_deref())?;
    let enlarged_px = pixels(&profile.panel, args.scale);
    if enlarged_px > MOST_PX.into() {
        return Err(Failure::Usage(format!(
            "--scale {}: the picture would have {enlarged_px} pixels, {MOST_PX} at most",
            args.scale
        )));
    }
    let lang = Lang::from_tag(&args.lang)
        .ok_or_else(|| Failure::Usage(format!("--lang: `{}` is not a language that displays speak", args.lang)))?;
    let source = if args.built_in_font {
        FontSource::BuiltIn
    } else {
        FontSource::System
    };
    let easel = Easel {
        args,
        scene: Scene::new(source.for_panel(&profile.panel), profile.panel, lang),
        site: site(args.site.as_deref())?,
        now: instant(args.at.as_deref())?,
    };
    if needs_fonts(&profile.panel) && !args.built_in_font && !Path::new(heliograph_scene::SYSTEM_FONTS[0]).exists() {
        eprintln!(
            "heliograph: drawing with the built-in bitmap font; install Debian's fonts-noto-cjk for the better one"
        );
    }
    match (&args.file, args.card) {
        (Some(file), _) => easel.publication(&document(file)?),
        (None, Some(card)) => easel.card(card, &profile.name),
        (None, None) => Err(Failure::Usage(
            "name a publication's file, or a card with --card".to_owned(),
        )),
    }
}

/// Reads a publication in either form.
fn document(file: &Path) -> Result<Document, Failure> {
    let problem = |why: String| Failure::Problem(format!("{}: {why}", file.display()));
    let bytes = read(file)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| problem(format!("not JSON: {error}")))?;
    if value.get("format").is_some() {
        return Document::from_bytes(&bytes).map_err(|error| problem(error.to_string()));
    }
    let kind: Kind = value["kind"]
        .as_str()
        .ok_or_else(|| problem("`kind` is missing: notice, service-guide, …".to_owned()))?
        .parse()
        .map_err(|error: heliograph_domain::content::UnknownKind| problem(error.to_string()))?;
    Document::check(kind, &value["content"]).map_err(|faults| {
        let told: Vec<String> = faults
            .iter()
            .map(|fault| format!("  {}: {}", fault.field, fault.message(Lang::En)))
            .collect();
        problem(format!("not a complete {}:\n{}", kind.slug(), told.join("\n")))
    })
}

/// The bytes of a file of the size that texts have.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let problem = |why: String| Failure::Problem(format!("{}: {why}", file.display()));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| problem(error.to_string()))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(problem(format!("it is larger than {} MiB", MOST_BYTES >> 20)));
    }
    Ok(bytes)
}

/// Pixels of a panel's picture, each of them as `scale` × `scale`.
fn pixels(panel: &Panel, scale: u32) -> u64 {
    let side = |px: u16| u64::from(px) * u64::from(scale);
    side(panel.width_px) * side(panel.height_px)
}

fn site(file: Option<&Path>) -> Result<SiteProfile, Failure> {
    let Some(file) = file else {
        return Ok(crate::demo::sample_site()?);
    };
    let bytes = read(file)?;
    let read: Value =
        serde_json::from_slice(&bytes).map_err(|error| Failure::Problem(format!("{}: {error}", file.display())))?;
    let profile = read.get("profile").cloned().unwrap_or(read);
    serde_json::from_value(profile).map_err(|error| Failure::Problem(format!("{}: {error}", file.display())))
}

fn instant(told: Option<&str>) -> Result<Instant, Failure> {
    let Some(told) = told else {
        return Ok(SystemClock.now());
    };
    let at: jiff::Timestamp = told
        .parse()
        .map_err(|error| Failure::Usage(format!("--at: {error}; write it like 2026-11-24T10:05:30+08:00")))?;
    let at_ms = u64::try_from(at.as_millisecond());
    at_ms
        .map(Instant)
        .map_err(|_| Failure::Usage(format!("--at: {told} is before 1970")))
}

impl Easel<'_> {
    fn card(&self, card: CardName, profile: &str) -> Result<(), Failure> {
        let card = match card {
            CardName::Slate => Card::Slate,
            CardName::Pairing => Card::Pairing {
                code: "7K3M9P".to_owned(),
                url: format!("{}/admin/displays", self.site.public_url.trim_end_matches('/')),
            },
            CardName::TestCard => Card::TestCard {
                profile: profile.to_owned(),
            },
        };
        self.save(&self.args.output, &self.scene.card(&card, &self.site, self.now), "card")
    }

    fn publication(&self, document: &Document) -> Result<(), Failure> {
        let missing = self.scene.missing(document);
        if !missing.is_empty() {
            let told: Vec<String> = missing
                .iter()
                .map(|c| format!("{c} (U+{:04X})", u32::from(*c)))
                .collect();
            eprintln!(
                "heliograph: this panel's fonts lack {}; � stands for each",
                told.join(", ")
            );
        }
        let turn = self.scene.turn(document);
        if self.args.animated {
            return self.animation(document, turn);
        }
        let pages = match self.args.page {
            Some(page) if (1..=turn.pages).contains(&page) => page - 1..page,
            Some(page) => {
                let pages = turn.pages;
                return Err(Failure::Usage(format!(
                    "--page {page}: on this panel there are {pages} pages"
                )));
            }
            None => 0..turn.pages,
        };
        let several = pages.len() > 1;
        for page in pages {
            let file = if several {
                numbered(&self.args.output, page + 1)
            } else {
                self.args.output.clone()
            };
            let frame = self.scene.preview(document, &self.site, page, self.now);
            let told = format!("page {} of {}, {} ms", page + 1, turn.pages, turn.dwell_ms);
            self.save(&file, &frame, &told)?;
        }
        Ok(())
    }

    fn save(&self, file: &Path, frame: &Frame, told: &str) -> Result<(), Failure> {
        let bytes = encode::png(&encode::enlarged(frame, self.args.scale));
        std::fs::write(file, bytes).map_err(|error| Failure::Problem(format!("{}: {error}", file.display())))?;
        say(&format!(
            "{}  {}×{}  {told}  sha256 {}",
            file.display(),
            frame.width_px(),
            frame.height_px(),
            hex(&frame.hash())
        ));
        Ok(())
    }

    /// Whether so many pictures may still be an animation.
    fn bounded(&self, count: u32, turn: Turn) -> Result<(), Failure> {
        let px = u64::from(count) * pixels(self.scene.panel(), self.args.scale);
        if count <= MOST_PICTURES && px <= MOST_ANIMATED_PX {
            return Ok(());
        }
        let seconds = turn.length_ms() / 1000;
        Err(Failure::Problem(format!(
            "the turn takes {seconds} s, and its animation more than {} pictures: draw its pages one by one, or at a smaller --scale",
            count - 1
        )))
    }

    /// One turn of the item, from the display's own reel.
    fn animation(&self, document: &Document, turn: Turn) -> Result<(), Failure> {
        let showing = Solo::of(document, turn, self.now);
        let end = self.now.plus_ms(turn.length_ms());
        // A first pass counts the pictures, which the file's head has to say.
        let mut count = 0u32;
        showing.play(self, end, |_, _| {
            count += 1;
            self.bounded(count, turn)
        })?;
        let fail = |why: String| Failure::Problem(format!("{}: {why}", self.args.output.display()));
        let file = File::create(&self.args.output).map_err(|error| fail(error.to_string()))?;
        let panel = self.scene.panel();
        let side = |px: u16| u32::from(px) * self.args.scale;
        let size = (side(panel.width_px), side(panel.height_px));
        let mut animation =
            encode::Animation::begin(BufWriter::new(file), size, count).map_err(|error| fail(error.to_string()))?;
        showing.play(self, end, |frame, stands_ms| {
            let frame = encode::enlarged(frame, self.args.scale);
            animation
                .push(&frame, stands_ms)
                .map_err(|error| fail(error.to_string()))
        })?;
        animation.finish().map_err(|error| fail(error.to_string()))?;
        say(&format!(
            "{}  {count} pictures in {} ms",
            self.args.output.display(),
            turn.length_ms()
        ));
        Ok(())
    }
}

/// One item alone on a display.
struct Solo {
    item: Item,
    documents: BTreeMap<ContentHash, Document>,
    turn: Turn,
    begun: Instant,
}

impl Solo {
    fn of(document: &Document, turn: Turn, begun: Instant) -> Self {
        let content = ContentHash([0; 32]);
        Self {
            item: Item::alone(PublicationId(Default::default()), content, document.kind),
            documents: BTreeMap::from([(content, document.clone())]),
            turn,
            begun,
        }
    }

    /// Every picture until `end`, with how long it stands.
    fn play(
        &self,
        easel: &Easel<'_>,
        end: Instant,
        mut with: impl FnMut(&Frame, u64) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let dwell_ms = u64::from(self.turn.dwell_ms.max(1));
        let mut reel = Reel::new();
        let mut now = self.begun;
        while now < end {
            let page = now.since(self.begun) / dwell_ms;
            let page_since = self.begun.plus_ms(page * dwell_ms);
            let airing = Airing {
                main: Some(OnAir {
                    item: &self.item,
                    page: u32::try_from(page).unwrap_or(u32::MAX),
                    pages: self.turn.pages,
                    page_since,
                }),
                footer: Vec::new(),
                until: page_since.plus_ms(dwell_ms),
            };
            let stage = Stage {
                airing: &airing,
                documents: &self.documents,
                site: &easel.site,
                marks: Marks::default(),
                theme: None,
            };
            let (frame, next) = easel.scene.advance(&mut reel, &stage, now);
            let next = next.min(airing.until).min(end);
            with(&frame, next.since(now))?;
            now = next;
        }
        Ok(())
    }
}

fn numbered(file: &Path, number: u32) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}-{number}.png"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
