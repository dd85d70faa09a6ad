use super::*;

/// The panel as it hangs, each pixel with its number on the line.
fn picture(layout: Layout) -> String {
    let wiring = Wiring::new(layout).unwrap();
    let (width, height) = wiring.size_px();
    let mut numbers = vec![usize::MAX; (width * height) as usize];
    for (n, place) in wiring.order().into_iter().enumerate() {
        numbers[place as usize] = n;
    }
    let row = |row: &[usize]| row.iter().map(|n| format!("{n:2}")).collect::<Vec<_>>().join(" ");
    let rows: Vec<String> = numbers.chunks(width as usize).map(row).collect();
    rows.join("\n")
}

fn course(start: Corner, run: Run, serpentine: bool) -> Course {
    Course { start, run, serpentine }
}

#[test]
fn one_module_runs_as_its_course_says() {
    let with = |pixels| {
        picture(Layout {
            pixels,
            ..Layout::single(4, 2)
        })
    };
    let straight = with(course(Corner::TopLeft, Run::Rows, false));
    assert_eq!(straight, " 0  1  2  3\n 4  5  6  7");
    let serpentine = with(course(Corner::TopLeft, Run::Rows, true));
    assert_eq!(serpentine, " 0  1  2  3\n 7  6  5  4");
    let columns = with(course(Corner::TopLeft, Run::Columns, true));
    assert_eq!(columns, " 0  3  4  7\n 1  2  5  6");
    let from_below = with(course(Corner::BottomRight, Run::Rows, false));
    assert_eq!(from_below, " 7  6  5  4\n 3  2  1  0");
    let up_the_right = with(course(Corner::BottomRight, Run::Columns, true));
    assert_eq!(up_the_right, " 6  5  2  1\n 7  4  3  0");
    let top_right = with(course(Corner::TopRight, Run::Columns, false));
    assert_eq!(top_right, " 6  4  2  0\n 7  5  3  1");
}

/// Four 2×2 modules whose line goes right, then back below them; the lower two are mounted upside down.
#[test]
fn modules_turn_round_and_hang_upside_down() {
    let layout = Layout {
        columns: 2,
        rows: 2,
        modules: course(Corner::TopLeft, Run::Rows, true),
        ..Layout::single(2, 2)
    };
    assert_eq!(picture(layout), " 0  1  4  5\n 2  3  6  7\n12 13  8  9\n14 15 10 11");
    let upside_down = Layout {
        every_second_upside_down: true,
        ..layout
    };
    assert_eq!(
        picture(upside_down),
        " 0  1  4  5\n 2  3  6  7\n15 14 11 10\n13 12  9  8"
    );
}

/// Turned clockwise: the first row of the panel comes to stand at the right, then at the bottom, then at the left.
#[test]
fn a_turned_panel_shows_upright_pictures() {
    let turned = |turn| {
        picture(Layout {
            turn,
            ..Layout::single(3, 2)
        })
    };
    assert_eq!(turned(Turn::None), " 0  1  2\n 3  4  5");
    assert_eq!(turned(Turn::Quarter), " 3  0\n 4  1\n 5  2");
    assert_eq!(turned(Turn::Half), " 5  4  3\n 2  1  0");
    assert_eq!(turned(Turn::ThreeQuarters), " 2  5\n 1  4\n 0  3");
}

/// Every layout of a few sizes, of all corners, runs and turns.
fn all_layouts() -> Vec<Layout> {
    use Corner::{BottomLeft, BottomRight, TopLeft, TopRight};
    let mut courses = Vec::new();
    for start in [TopLeft, TopRight, BottomLeft, BottomRight] {
        for (run, serpentine) in [
            (Run::Rows, false),
            (Run::Rows, true),
            (Run::Columns, false),
            (Run::Columns, true),
        ] {
            courses.push(course(start, run, serpentine));
        }
    }
    let mut layouts = Vec::new();
    for (module_width_px, module_height_px, columns, rows) in [(1, 1, 1, 1), (3, 2, 2, 3), (5, 1, 3, 2)] {
        for (modules, pixels) in courses.iter().flat_map(|m| courses.iter().map(move |p| (*m, *p))) {
            for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
                for every_second_upside_down in [false, true] {
                    layouts.push(Layout {
                        module_width_px,
                        module_height_px,
                        columns,
                        rows,
                        modules,
                        pixels,
                        every_second_upside_down,
                        turn,
                    });
                }
            }
        }
    }
    layouts
}

#[test]
fn every_pixel_is_on_the_line_once() {
    let layouts = all_layouts();
    assert_eq!(layouts.len(), 3 * 16 * 16 * 4 * 2);
    for layout in layouts {
        let wiring = Wiring::new(layout).unwrap();
        let (width, height) = wiring.size_px();
        let mut order = wiring.order();
        order.sort_unstable();
        assert!(order.into_iter().eq(0..width * height), "{layout:?}");
    }
}

#[test]
fn what_cannot_be_wired_is_refused() {
    assert_eq!(
        Wiring::new(Layout::single(0, 3)).unwrap_err(),
        WiringError::Nothing("module width")
    );
    let vast = Layout {
        columns: u16::MAX,
        rows: u16::MAX,
        ..Layout::single(u16::MAX, u16::MAX)
    };
    assert!(matches!(Wiring::new(vast), Err(WiringError::TooLarge { .. })));
    let said = Wiring::new(Layout::single(10_000, 10_000)).unwrap_err().to_string();
    assert!(said.contains("100000000 pixels"), "{said}");
    let strip = Wiring::new(Layout::single(64, 16)).unwrap();
    let frame = Frame::filled(16, 64, heliograph_scene::Rgb(0, 0, 0));
    let said = strip.fits(&frame).unwrap_err().to_string();
    assert!(said.contains("16×64") && said.contains("64×16"), "{said}");
}
