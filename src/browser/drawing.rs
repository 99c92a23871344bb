//! A moving picture that is drawn, and the streams that are drawn in it. Each drawing is a frame: how
//! often it is drawn is how smooth it is. Stated rates are kept by browsers by leaving frames out, every
//! third one where the two clocks beat against each other; so none is stated.

use super::{BrowserError, Listener, media::Stream, page, video};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    CanvasRenderingContext2d, Event, HtmlCanvasElement, HtmlVideoElement, MediaStream,
    MediaStreamTrack,
};

/// In pixels, from the upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// The largest part of a picture of this size that has the area's shape, from its middle.
    fn cut_from(self, width: f64, height: f64) -> Area {
        let scale = (width / self.width).min(height / self.height);
        let (w, h) = (self.width * scale, self.height * scale);
        Area {
            x: (width - w) / 2.0,
            y: (height - h) / 2.0,
            width: w,
            height: h,
        }
    }

    /// The largest area in the middle of this one that has the shape of a picture of this size.
    fn fit(self, width: f64, height: f64) -> Area {
        let scale = (self.width / width).min(self.height / height);
        let (w, h) = (width * scale, height * scale);
        Area {
            x: self.x + (self.width - w) / 2.0,
            y: self.y + (self.height - h) / 2.0,
            width: w,
            height: h,
        }
    }
}

#[must_use = "dropping it ends its stream"]
pub struct Drawing {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    stream: MediaStream,
}

impl Drawing {
    pub fn new(width: u32, height: u32) -> Result<Drawing, BrowserError> {
        let document = page::window().and_then(|it| it.document());
        let document = document.ok_or(BrowserError::Missing)?;
        let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
        canvas.set_width(width);
        canvas.set_height(height);
        // An encoder reads every frame. Drawn by a graphics card it would have to be fetched from there:
        // without one to speak of, Chromium took half as much work again, and kept 11 frames of 30.
        let options =
            super::object::new(&[("alpha", false.into()), ("willReadFrequently", true.into())]);
        let context = canvas
            .get_context_with_context_options("2d", &options)?
            .ok_or(BrowserError::Missing)?
            .unchecked_into();
        let stream = canvas.capture_stream()?;
        Ok(Drawing {
            canvas,
            context,
            stream,
        })
    }

    pub(super) fn stream(&self) -> &MediaStream {
        &self.stream
    }

    pub fn size(&self) -> (f64, f64) {
        let (width, height) = (self.canvas.width(), self.canvas.height());
        (f64::from(width), f64::from(height))
    }

    pub fn fill(&self, area: Area, colour: &str) {
        self.context.set_fill_style_str(colour);
        self.context
            .fill_rect(area.x, area.y, area.width, area.height);
    }

    /// What a stream shows now, whole or filling the area. False while it shows nothing.
    pub fn picture(&self, of: &Showing, area: Area, whole: bool) -> bool {
        let (width, height) = of.size();
        if !of.ready.get() || width < 1.0 || height < 1.0 {
            return false;
        }
        let (from, to) = match whole {
            true => {
                let all = Area {
                    width,
                    height,
                    ..Area::default()
                };
                (all, area.fit(width, height))
            }
            false => (area.cut_from(width, height), area),
        };
        let drawn = self
            .context
            .draw_image_with_html_video_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &of.element,
                from.x,
                from.y,
                from.width,
                from.height,
                to.x,
                to.y,
                to.width,
                to.height,
            );
        drawn.is_ok()
    }

    /// A line of text with its left end at `x` and its middle at `y`; as much of it as fits.
    pub fn text(&self, text: &str, x: f64, y: f64, most: f64, pixels: f64, colour: &str) {
        self.font(pixels);
        self.context.set_text_align("left");
        self.context.set_fill_style_str(colour);
        let _ = self.context.fill_text_with_max_width(text, x, y, most);
    }

    pub fn text_in_the_middle(&self, text: &str, x: f64, y: f64, pixels: f64, colour: &str) {
        self.font(pixels);
        self.context.set_text_align("center");
        self.context.set_fill_style_str(colour);
        let _ = self.context.fill_text(text, x, y);
    }

    /// How wide a line of text is.
    pub fn width_of(&self, text: &str, pixels: f64) -> f64 {
        self.font(pixels);
        self.context.measure_text(text).map_or(0.0, |it| it.width())
    }

    fn font(&self, pixels: f64) {
        self.context
            .set_font(&format!("600 {}px system-ui, sans-serif", pixels as u32));
        self.context.set_text_baseline("middle");
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

/// A stream that plays where nobody sees it, to be drawn.
#[must_use = "dropping it lets the stream go"]
pub struct Showing {
    element: HtmlVideoElement,
    of: Stream,
    ready: Rc<Cell<bool>>,
    _ready: Listener,
}

impl Showing {
    pub fn new(stream: &Stream) -> Result<Showing, BrowserError> {
        let document = page::window().and_then(|it| it.document());
        let document = document.ok_or(BrowserError::Missing)?;
        let element: HtmlVideoElement = document.create_element("video")?.unchecked_into();
        element.set_muted(true);
        let ready = Rc::new(Cell::new(false));
        let shown = Rc::clone(&ready);
        let listener = Listener::new(&element, "loadeddata", move |_: Event| shown.set(true));
        let playing = video::show(&element, Some(stream));
        // Muted, so that no browser holds it back.
        spawn_local(async move { drop(playing.await) });
        Ok(Showing {
            element,
            of: stream.clone(),
            ready,
            _ready: listener,
        })
    }

    pub fn is_of(&self, stream: &Stream) -> bool {
        self.of == *stream
    }

    fn size(&self) -> (f64, f64) {
        let (width, height) = (self.element.video_width(), self.element.video_height());
        (f64::from(width), f64::from(height))
    }
}

impl Drop for Showing {
    fn drop(&mut self) {
        drop(video::show(&self.element, None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Area = Area {
        x: 10.0,
        y: 20.0,
        width: 320.0,
        height: 180.0,
    };

    #[test]
    fn a_face_fills_its_area_and_a_screen_is_shown_whole() {
        let cut = WIDE.cut_from(640.0, 480.0);
        assert_eq!((cut.width, cut.height), (640.0, 360.0));
        assert_eq!((cut.x, cut.y), (0.0, 60.0));
        let fit = WIDE.fit(800.0, 900.0);
        assert_eq!((fit.width, fit.height), (160.0, 180.0));
        assert_eq!((fit.x, fit.y), (90.0, 20.0));
        let same = WIDE.cut_from(1280.0, 720.0);
        assert_eq!((same.x, same.width), (0.0, 1280.0));
    }
}
