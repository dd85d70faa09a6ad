//! Panel geometry: in which order the pixels of a panel follow each other on its data line.
//!
//! A panel is a grid of equal modules. The data line runs through the modules, and through the pixels of each module,
//! along a [`Course`]. All of it is said of the panel as its maker stands it, seen from the front; [`Turn`] says how it
//! was then hung.

use heliograph_scene::Frame;
use thiserror::Error;

/// A panel with a wiring of its own has at most so many pixels: those of a 4K screen, with some to spare. Its table of
/// places takes four bytes a pixel.
pub const MOST_WIRED_PX: u32 = 1 << 23;

/// A corner, seen from the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Corner {
    /// Upper left.
    #[default]
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    BottomRight,
}

/// Along what a line runs before it steps aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Run {
    /// Along rows.
    #[default]
    Rows,
    /// Along columns.
    Columns,
}

/// How a line visits every cell of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Course {
    /// Where it begins.
    pub start: Corner,
    /// Along what it runs.
    pub run: Run,
    /// Whether it turns round at the end of each row or column, rather than going back to the near side.
    pub serpentine: bool,
}

/// How far a panel was turned clockwise when it was hung, seen from the front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turn {
    /// It hangs as its maker stands it.
    #[default]
    None,
    /// 90°: what was its top is at the right.
    Quarter,
    /// 180°: upside down.
    Half,
    /// 270°: what was its top is at the left.
    ThreeQuarters,
}

/// What a panel is made of, as one writes it down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Pixels across of a module.
    pub module_width_px: u16,
    /// Pixels down of a module.
    pub module_height_px: u16,
    /// Modules across.
    pub columns: u16,
    /// Modules down.
    pub rows: u16,
    /// How the line visits the modules.
    pub modules: Course,
    /// How the line visits the pixels of a module.
    pub pixels: Course,
    /// Whether the modules of every second row (or column, when the line runs along columns) are mounted upside down,
    /// as is often done where the line turns round, to keep cables short.
    pub every_second_upside_down: bool,
    /// How the panel was hung.
    pub turn: Turn,
}

/// Why it is no wiring, or not this frame's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WiringError {
    /// A side of nothing.
    #[error("the wiring's {0} is 0: it must be at least 1")]
    Nothing(&'static str),
    /// More pixels than are mapped.
    #[error("the wiring is of {pixels} pixels: at most {MOST_WIRED_PX} can be mapped")]
    TooLarge {
        /// How many it has.
        pixels: u64,
    },
    /// A frame of another size.
    #[error(
        "the frame is {frame_width_px}×{frame_height_px} pixels, but the modules make {width_px}×{height_px}: \
         correct the display's panel or the profile's [wiring]"
    )]
    Size {
        /// The frame's width.
        frame_width_px: u32,
        /// The frame's height.
        frame_height_px: u32,
        /// The panel's width, as it hangs.
        width_px: u32,
        /// The panel's height, as it hangs.
        height_px: u32,
    },
}

/// A panel's wiring that is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiring(Layout);

/// A place or a size: across, down.
type Pair = (u32, u32);

impl Course {
    /// Where the cell is that the line visits as the `n`th (from 0), in a grid of `columns` × `rows`.
    fn place(self, n: u32, (columns, rows): Pair) -> Pair {
        let along = match self.run {
            Run::Rows => columns,
            Run::Columns => rows,
        };
        let (line, step) = (n / along, n % along);
        let step = if self.turned_back(line) { along - 1 - step } else { step };
        let (x, y) = match self.run {
            Run::Rows => (step, line),
            Run::Columns => (line, step),
        };
        let from_right = matches!(self.start, Corner::TopRight | Corner::BottomRight);
        let from_bottom = matches!(self.start, Corner::BottomLeft | Corner::BottomRight);
        (
            if from_right { columns - 1 - x } else { x },
            if from_bottom { rows - 1 - y } else { y },
        )
    }

    fn turned_back(self, line: u32) -> bool {
        self.serpentine && line % 2 == 1
    }
}

impl Turn {
    /// Whether width and height change places.
    fn lays_down(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }

    /// Where a place of the panel as it stands comes to be when it hangs.
    fn hang(self, (x, y): Pair, (width, height): Pair) -> Pair {
        match self {
            Self::None => (x, y),
            Self::Quarter => (height - 1 - y, x),
            Self::Half => (width - 1 - x, height - 1 - y),
            Self::ThreeQuarters => (y, width - 1 - x),
        }
    }
}

impl Layout {
    /// One module of rows from the top left: what a layout is unless more is said.
    #[must_use]
    pub fn single(width_px: u16, height_px: u16) -> Self {
        Self {
            module_width_px: width_px,
            module_height_px: height_px,
            columns: 1,
            rows: 1,
            modules: Course::default(),
            pixels: Course::default(),
            every_second_upside_down: false,
            turn: Turn::None,
        }
    }
}

impl Wiring {
    /// The wiring of a layout.
    ///
    /// # Errors
    /// When a side is nothing, or there are more than [`MOST_WIRED_PX`] pixels.
    pub fn new(layout: Layout) -> Result<Self, WiringError> {
        let sides = [
            ("module width", layout.module_width_px),
            ("module height", layout.module_height_px),
            ("number of columns", layout.columns),
            ("number of rows", layout.rows),
        ];
        if let Some((side, _)) = sides.iter().find(|(_, size)| *size == 0) {
            return Err(WiringError::Nothing(side));
        }
        // Four factors below 2¹⁶ each make less than 2⁶⁴.
        let pixels: u64 = sides.iter().map(|(_, size)| u64::from(*size)).product();
        if pixels > u64::from(MOST_WIRED_PX) {
            return Err(WiringError::TooLarge { pixels });
        }
        Ok(Self(layout))
    }

    /// What it was made from.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.0
    }

    /// The panel's size in pixels as it hangs: across, down.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        let (width, height) = self.standing();
        if self.0.turn.lays_down() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Whether a frame is of the panel's size.
    ///
    /// # Errors
    /// When it is not.
    pub fn fits(&self, frame: &Frame) -> Result<(), WiringError> {
        let (width_px, height_px) = self.size_px();
        if (frame.width_px(), frame.height_px()) == (width_px, height_px) {
            return Ok(());
        }
        Err(WiringError::Size {
            frame_width_px: frame.width_px(),
            frame_height_px: frame.height_px(),
            width_px,
            height_px,
        })
    }

    /// For each pixel of the line, in the line's order, which pixel of a frame it shows: `y × width + x`. Every pixel
    /// of the frame is there exactly once.
    #[must_use]
    pub fn order(&self) -> Vec<u32> {
        let module = self.module();
        let (modules, pixels) = (self.grid().0 * self.grid().1, module.0 * module.1);
        let width = self.size_px().0;
        let mut order = Vec::with_capacity((modules * pixels) as usize);
        for nth in 0..modules {
            for n in 0..pixels {
                let (x, y) = self.place(nth, n);
                order.push(y * width + x);
            }
        }
        order
    }

    /// Where the `n`th pixel of the `nth` module is, on the panel as it hangs.
    fn place(&self, nth: u32, n: u32) -> Pair {
        let (layout, module, grid) = (&self.0, self.module(), self.grid());
        let (column, row) = layout.modules.place(nth, grid);
        let (x, y) = layout.pixels.place(n, module);
        let (x, y) = if self.upside_down(nth) {
            (module.0 - 1 - x, module.1 - 1 - y)
        } else {
            (x, y)
        };
        let standing = (column * module.0 + x, row * module.1 + y);
        layout.turn.hang(standing, self.standing())
    }

    fn upside_down(&self, nth: u32) -> bool {
        let along = match self.0.modules.run {
            Run::Rows => self.grid().0,
            Run::Columns => self.grid().1,
        };
        self.0.every_second_upside_down && (nth / along) % 2 == 1
    }

    fn module(&self) -> Pair {
        (self.0.module_width_px.into(), self.0.module_height_px.into())
    }

    fn grid(&self) -> Pair {
        (self.0.columns.into(), self.0.rows.into())
    }

    fn standing(&self) -> Pair {
        let (module, grid) = (self.module(), self.grid());
        (module.0 * grid.0, module.1 * grid.1)
    }
}

#[cfg(test)]
mod tests;
