//! `/wall`: the displays as they hang in the lobby, in proportion, each with its own live picture.

use crate::admin::assets::Asset;
use crate::http::call::lang_of;
use crate::http::wall::Onlooker;
use crate::office::Office;
use crate::state::KnownDisplay;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use heliograph_domain::{Lang, Panel};
use heliograph_scene::needs_fonts;
use maud::{DOCTYPE, Markup, html};
use std::sync::{Arc, LazyLock};

static STYLE: LazyLock<Asset> = LazyLock::new(|| Asset::new(include_str!("wall.css"), "text/css; charset=utf-8"));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(include_str!("wall.js"), "text/javascript; charset=utf-8"));

/// `GET /wall/wall.css`
pub(crate) async fn style(headers: HeaderMap) -> Response {
    STYLE.answer(&headers)
}

/// `GET /wall/wall.js`
pub(crate) async fn script(headers: HeaderMap) -> Response {
    SCRIPT.answer(&headers)
}

/// Pixels of the page for a metre of the lobby's wall.
const PX_PER_M: u32 = 600;
/// A lamp is drawn with so many pixels of the page at least, so that small signs can be read.
const MIN_PX_PER_LAMP: u32 = 3;

/// Where in the lobby a display hangs: strips above, screens below them, signs at the windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Strips,
    Screens,
    Signs,
}

impl Row {
    fn of(panel: &Panel) -> Self {
        if needs_fonts(panel) {
            Self::Screens
        } else if panel.width_px >= 2 * panel.height_px + 64 {
            Self::Strips
        } else {
            Self::Signs
        }
    }
}

/// How large a panel is on the page: as on the wall, in whole pixels for each lamp.
fn size(panel: &Panel) -> (u32, u32) {
    let (width, height) = (u32::from(panel.width_px), u32::from(panel.height_px));
    if needs_fonts(panel) {
        let of = |px: u32| (u64::from(px) * u64::from(panel.pixel_pitch_um) * u64::from(PX_PER_M) / 1_000_000).max(120);
        let (w, h) = (of(width), of(height));
        // A wall of screens is not wider than a window of a browser.
        let shrink = w.max(h).div_ceil(1100).max(1);
        return (
            u32::try_from(w / shrink).unwrap_or(400),
            u32::try_from(h / shrink).unwrap_or(300),
        );
    }
    let lamp = (panel.pixel_pitch_um * PX_PER_M / 1_000_000).max(MIN_PX_PER_LAMP);
    let lamp = lamp.min((1100 / width.max(1)).max(1));
    (width * lamp, height * lamp)
}

fn t(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    if lang == Lang::ZhHans { zh } else { en }
}

/// `GET /wall`
pub(crate) async fn page(State(office): State<Arc<Office>>, _: Onlooker, headers: HeaderMap) -> Response {
    let lang = lang_of(&headers);
    let state = office.state();
    let site = state
        .site
        .as_ref()
        .and_then(|site| office.library.profile(&site.profile));
    let name = site
        .as_ref()
        .map_or("Heliograph", |site| site.name.get(lang))
        .to_owned();
    let mut displays: Vec<_> = state.live_displays().cloned().collect();
    displays.sort_by_cached_key(|known| heliograph_domain::order::place(known.display.setting.name.get(lang)));
    let title = t(lang, "大厅屏幕墙", "The lobby's wall");
    let other = if lang == Lang::ZhHans {
        ("en", "English")
    } else {
        ("zh-Hans", "中文")
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (name) }
                link rel="icon" href="/assets/icon.svg";
                link rel="stylesheet" href="/wall/wall.css";
                script src="/wall/wall.js" defer {}
            }
            body {
                header {
                    h1 { (name) }
                    p.count id="count" data-all=(displays.len())
                        data-fine=(t(lang, "{n} 块屏幕，{live} 块有实时画面", "Displays: {n}, live: {live}")) {
                        (t(lang, "", "Displays: ")) (displays.len()) (t(lang, " 块屏幕", ""))
                    }
                    nav {
                        a href=(format!("/admin/language/{}?back=/wall", other.0)) lang=(other.0) { (other.1) }
                        a href="/admin" { (t(lang, "进入管理", "Admin")) }
                    }
                }
                main {
                    (lobby(&office, &displays, lang))
                }
                noscript { p.empty { (t(lang, "实时画面需要启用脚本。", "Live pictures need script.")) } }
            }
        }
    };
    Html(markup.into_string()).into_response()
}

/// The rows of the wall, or what to do first.
fn lobby(office: &Office, displays: &[Arc<KnownDisplay>], lang: Lang) -> Markup {
    let row = |wanted: Row| -> Vec<&Arc<KnownDisplay>> {
        displays
            .iter()
            .filter(|known| Row::of(&known.display.setting.panel) == wanted)
            .collect()
    };
    let rows = [
        ("strips", row(Row::Strips)),
        ("screens", row(Row::Screens)),
        ("signs", row(Row::Signs)),
    ];
    html! {
                    @if displays.is_empty() {
                        p.empty {
                            (t(lang, "还没有屏幕。请先在管理页面登记一块。", "There are no displays yet: enrol one in the admin."))
                            " " a href="/admin/displays" { (t(lang, "登记屏幕", "Enrol a display")) }
                        }
                    }
                    @for (class, row) in &rows {
                        @if !row.is_empty() {
                            section class=(*class) { @for known in row { (tile(office, known, lang)) } }
                        }
                    }
    }
}

fn tile(office: &Office, known: &KnownDisplay, lang: Lang) -> Markup {
    let (id, setting) = (known.display.id, &known.display.setting);
    let (width, height) = size(&setting.panel);
    let lamps = !needs_fonts(&setting.panel);
    let lamp = width / u32::from(setting.panel.width_px).max(1);
    let running = office.wall.as_ref().and_then(|wall| wall.running(id));
    html! {
        figure.tile data-display=(id) data-lamp=(lamp)
            data-live=(t(lang, "在播", "live"))
            data-stale=(t(lang, "画面停在 {time}", "stopped at {time}"))
            data-waiting=(t(lang, "等待画面", "waiting")) {
            div.panel.lamps[lamps].screen[!lamps] {
                img width=(width) height=(height) alt=(setting.name.get(lang)) data-picture;
                div.veil { span {} }
            }
            figcaption {
                b { (setting.name.get(lang)) }
                span.state { (t(lang, "等待画面", "waiting")) }
                small { (setting.location.get(lang)) }
                @if let Some(running) = running {
                    (switch(id, "stop", t(lang, "停止播放器", "Stop the player"), running))
                    (switch(id, "start", t(lang, "启动播放器", "Start the player"), !running))
                }
            }
        }
    }
}

fn switch(id: heliograph_domain::DisplayId, verb: &str, word: &str, shown: bool) -> Markup {
    html! {
        form.switch method="post" action=(format!("/wall/{id}/{verb}")) hidden[!shown] {
            button type="submit" { (word) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_domain::panel::ColourDepth;

    fn panel(width_px: u16, height_px: u16, pixel_pitch_um: u32) -> Panel {
        Panel {
            width_px,
            height_px,
            colour: ColourDepth::Full,
            pixel_pitch_um,
            viewing_distance_mm: 3000,
            refresh_hz: 30,
        }
    }

    #[test]
    fn displays_hang_in_proportion_and_lamps_stay_whole() {
        let (strip, lobby, sign) = (panel(256, 64, 5000), panel(1920, 1080, 630), panel(64, 32, 4000));
        assert_eq!((size(&strip), Row::of(&strip)), ((768, 192), Row::Strips));
        assert_eq!((size(&lobby), Row::of(&lobby)), ((725, 408), Row::Screens));
        assert_eq!((size(&sign), Row::of(&sign)), ((192, 96), Row::Signs));
        // A metre-wide video wall of tiny pixels and a strip of a street's length still fit a page.
        assert!(size(&panel(7680, 4320, 1500)).0 <= 1100);
        assert!(size(&panel(1920, 64, 10_000)).0 <= 1920);
    }
}
