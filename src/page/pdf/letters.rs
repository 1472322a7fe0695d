use super::layout::Line;
use hayro_cmap::BfString;
use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings, SoftMask,
    interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Terms have at most some 200 pages.
const PAGES: usize = 600;
/// So many strokes of the pen are more than a document of that length needs. Forms that draw each other would go on for years.
const STROKES: u32 = 2_000_000;

/// What a form or a clip counts: its content is unpacked and looked up anew each time.
const FORM: u32 = 50;

/// The lines of all pages, in the order in which they are drawn.
///
/// # Errors
/// What is wrong, to be put behind "the PDF file".
pub(super) fn lines(body: &[u8]) -> Result<Vec<Line>, &'static str> {
    // The library is safe code, but files by strangers have made it panic before; the pen below stops it the same way.
    catch_unwind(AssertUnwindSafe(|| draw(body))).unwrap_or_else(|stopped| match stopped.downcast::<Endless>() {
        Ok(_) => Err("draws more than any document"),
        Err(_) => Err("is broken"),
    })
}

fn draw(body: &[u8]) -> Result<Vec<Line>, &'static str> {
    let pdf = Pdf::new(body.to_vec()).map_err(|error| match error {
        hayro_interpret::hayro_syntax::LoadPdfError::Decryption(_) => "needs a password",
        hayro_interpret::hayro_syntax::LoadPdfError::Invalid => "is broken",
    })?;
    let pages = pdf.pages();
    if pages.len() > PAGES {
        return Err("has more pages than any document");
    }
    let cache = InterpreterCache::new();
    let mut pen = Pen { lines: Vec::new(), page: 0, strokes: 0 };
    for page in pages.iter() {
        let mut context = Context::new(Affine::IDENTITY, Rect::new(0.0, 0.0, 1.0, 1.0), &cache, pdf.xref(), InterpreterSettings::default());
        interpret_page(page, &mut context, &mut pen);
        pen.page += 1;
    }
    Ok(pen.lines)
}

/// Why the pen stopped.
struct Endless;

/// A device that draws nothing and notes letters.
struct Pen {
    lines: Vec<Line>,
    page: usize,
    strokes: u32,
}

impl Pen {
    fn stroke(&mut self, cost: u32) {
        self.strokes += cost;
        if self.strokes > STROKES {
            resume_unwind(Box::new(Endless));
        }
    }

    fn letter(&mut self, glyph: &Glyph<'_>, place: Affine) {
        let Some(text) = glyph.as_unicode() else { return };
        let text = match text {
            BfString::Char(letter) => letter.to_string(),
            BfString::String(letters) => letters,
        };
        let width = match glyph {
            Glyph::Outline(glyph) => glyph.advance_width(),
            Glyph::Type3(glyph) => glyph.advance_width(),
        };
        let (start, up) = (place * Point::ZERO, place * Point::new(0.0, UNITS));
        let end = place * Point::new(f64::from(width.unwrap_or(500.0)), 0.0);
        // Text that runs upwards is a mark in the margin or across the page.
        if (end.y - start.y).abs() > (end.x - start.x).abs() + 0.01 {
            return;
        }
        let size = (up - start).hypot();
        match self.lines.last_mut().filter(|line| line.page == self.page && line.goes_on_at(start.x, start.y, size)) {
            Some(line) => line.push(&text, start.x, end.x, size),
            None => self.lines.push(Line::begin(self.page, &text, [start.x, end.x], start.y, size)),
        }
    }
}

/// Glyphs are drawn in thousandths of the font's size (ISO 32000-1, 9.2.4).
const UNITS: f64 = 1000.0;

impl Device<'_> for Pen {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {
        self.stroke(1);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.stroke(FORM);
    }

    fn push_clip_rect(&mut self, _: &Rect) {
        self.stroke(FORM);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {
        self.stroke(1);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        self.stroke(1);
        for glyph in run.glyphs() {
            self.stroke(1);
            self.letter(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.stroke(1);
    }

    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'_>, _: &DrawMode) {
        self.stroke(1);
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
