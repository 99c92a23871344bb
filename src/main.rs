//! Starts the page.

fn main() {
    console_error_panic_hook::set_once();
    duologue_web::session::language::begin(|| {
        leptos::mount::mount_to_body(duologue_web::app::App);
    });
}
