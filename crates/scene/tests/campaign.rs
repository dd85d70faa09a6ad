//! Campaign themes: another look, the same words; and the house's look where a theme cannot be read.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::{Lang, LocalText, Panel};
use heliograph_scene::{CampaignTheme, FontSet, Frame, Palette, Rgb, Scene};
use std::sync::Arc;
use support::{LOBBY, PORTRAIT, RED, STRIP, TRI, document, on_air};

const DEEP: Rgb = Rgb(0x7a, 0x1f, 0x1f);
const ACCENT: Rgb = Rgb(0xff, 0x60, 0x80);

fn theme(deep: Rgb) -> CampaignTheme {
    CampaignTheme {
        title: LocalText::new("政务公开宣传月", "Open Government Month"),
        palette: Palette {
            deep,
            accent: ACCENT,
            tint: Rgb(0xfb, 0xf1, 0xea),
            ink: Rgb(0x2a, 0x14, 0x14),
        },
    }
}

fn drawn(panel: Panel, theme: Option<&CampaignTheme>) -> Frame {
    let scene = Scene::new(Arc::new(FontSet::built_in()), panel, Lang::ZhHans);
    on_air(&scene, &document("service-commitment"), theme)
}

fn has(frame: &Frame, colour: Rgb) -> bool {
    let wanted = [colour.0, colour.1, colour.2];
    frame.rgb().as_chunks::<3>().0.contains(&wanted)
}

#[test]
fn a_campaign_dresses_header_and_headings_of_screens() {
    for panel in [LOBBY, PORTRAIT] {
        let (plain, themed) = (drawn(panel, None), drawn(panel, Some(&theme(DEEP))));
        assert!(
            !has(&plain, DEEP) && has(&themed, DEEP) && has(&themed, ACCENT),
            "{panel:?}"
        );
        let house = plain.pixel(0, 0);
        assert!(!has(&themed, house), "{panel:?}: nothing is left of the house's blue");
    }
}

#[test]
fn a_theme_that_cannot_be_read_leaves_the_house_its_colours_and_still_names_the_campaign() {
    let pale = theme(Rgb(0xff, 0xc0, 0x40));
    assert!(pale.palette.check().is_err());
    let (plain, themed) = (drawn(LOBBY, None), drawn(LOBBY, Some(&pale)));
    assert!(has(&themed, plain.pixel(0, 0)) && !has(&themed, pale.palette.deep));
    assert!(plain != themed, "its name is in the header");
}

#[test]
fn on_lamps_of_full_colour_the_accent_leads_and_others_keep_their_few_colours() {
    let themed = drawn(STRIP, Some(&theme(DEEP)));
    assert!(has(&themed, ACCENT) && !has(&drawn(STRIP, None), ACCENT));
    for panel in [RED, TRI] {
        assert!(drawn(panel, None) == drawn(panel, Some(&theme(DEEP))), "{panel:?}");
    }
}
