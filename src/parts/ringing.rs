//! A ring, on whatever screen one is: the sheet that asks whether to accept, the one that says how it
//! stands with a call of one's own, and a line for who is in a call already.

use crate::{
    parts::{
        button::{Button, RoundButton},
        icon::{CLOSE, Icon, LEAVE, PHONE},
        lean::{flag, input, memo, part, press, submit, text, watch},
    },
    session::names::{Calling, CallingState, Names, Ringing},
    words::words,
};
use leptos::{ev, html, prelude::*};

#[component]
pub fn Rings() -> impl IntoView {
    let names = Names::get();
    let first = memo(move || names.ringing.with(|all| all.first().cloned()));
    let loud = move || first.get().filter(|_| !names.quiet.get());
    let quiet = move || first.get().filter(|_| names.quiet.get());
    let called = memo(move || {
        names
            .calling
            .with(|it| it.as_ref().map(|it| it.name.clone()))
    });
    view! {
        {part(move || loud().map(|ring| view! { <Incoming names=names ring=ring /> }.into_any()))}
        {part(move || quiet().map(|ring| view! { <Quiet names=names ring=ring /> }.into_any()))}
        {part(move || called.get().map(|name| view! { <Outgoing names=names name=name /> }.into_any()))}
    }
    .into_any()
}

/// Open for as long as it is there. Escape does what `escape` does, and not more.
#[component]
fn Sheet(label: String, #[prop(into)] escape: Callback<()>, children: Children) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    watch(move || {
        if let Some(dialog) = node.get() {
            // Refused only for a dialog that has left the page.
            let _ = dialog.show_modal();
        }
    });
    let on_cancel: Box<dyn FnMut(ev::Event)> = Box::new(move |event| {
        event.prevent_default();
        escape.run(());
    });
    view! {
        <dialog class="dialog ring" node_ref=node aria-label=label on:cancel=on_cancel>
            <div class="ring-body">{children()}</div>
        </dialog>
    }
    .into_any()
}

/// A tap on the wrong key turns nobody away: Escape does nothing here.
#[component]
fn Incoming(names: Names, ring: Ringing) -> impl IntoView {
    let words = &words().names;
    let id = ring.ring;
    let writes = RwSignal::new(false);
    let reply = RwSignal::new(String::new());
    let decline = submit(move || names.decline(id, &reply.get_untracked()));
    let answer = part(move || {
        (!writes.get()).then(|| {
            view! {
                <div class="ring-actions">
                    <RoundButton label=words.decline glyph=LEAVE kind="stop"
                        press=press(move || names.decline(id, "")) />
                    <RoundButton label=words.accept glyph=PHONE kind="accept"
                        press=press(move || names.accept(id, true)) />
                </div>
                <div class="ring-ways">
                    <Button text=words.accept_without_camera
                        press=press(move || names.accept(id, false)) />
                    <Button text=words.decline_saying press=press(move || writes.set(true)) />
                </div>
            }
            .into_any()
        })
    });
    // The field takes `decline` along once: a form is made anew each time it is shown.
    let decline = StoredValue::new_local(Some(decline));
    let form = part(move || {
        if !writes.get() {
            return None;
        }
        let decline = decline.try_update_value(Option::take).flatten()?;
        Some(
            view! {
                <form class="ring-reply" on:submit=decline>
                    <label class="field">
                        <span class="field-label">{words.message}</span>
                        <input type="text" maxlength="200" autofocus
                            on:input=input(move |typed| reply.set(typed)) />
                    </label>
                    <button type="submit" class="button" data-kind="primary">{words.send_message}</button>
                </form>
            }
            .into_any(),
        )
    });
    view! {
        <Sheet label=words.incoming_from(&ring.name) escape=|()| {}>
            <span class="ring-mark" data-rings="true"><Icon glyph=PHONE /></span>
            <h2 class="ring-name">{words.is_calling(&ring.name)}</h2>
            {answer}
            {form}
        </Sheet>
    }
    .into_any()
}

/// In a call: a line that passes.
#[component]
fn Quiet(names: Names, ring: Ringing) -> impl IntoView {
    let words = &words().names;
    let id = ring.ring;
    view! {
        <aside class="notice ring-quiet" role="status">
            <p>{words.quiet(&ring.name)}</p>
            <Button text=words.leave_and_answer press=press(move || names.accept(id, true)) />
            <Button text=words.say_busy press=press(move || names.say_busy(id)) />
        </aside>
    }
    .into_any()
}

/// A call of one's own, until it stands; or what it came to, until that is read.
#[component]
fn Outgoing(names: Names, name: String) -> impl IntoView {
    let (words, close_it) = (&words().names, words().common.close);
    let over = memo(move || {
        names.calling.with(|it| {
            it.as_ref()
                .is_some_and(|it| matches!(it.state, CallingState::Over(_)))
        })
    });
    let state = text(move || {
        names.calling.with(|it| {
            it.as_ref()
                .map(|it: &Calling| words.state(it))
                .unwrap_or_default()
        })
    });
    let close = move || match over.get_untracked() {
        true => names.forget_calling(),
        false => names.cancel(),
    };
    let again = StoredValue::new(name.clone());
    let actions = part(move || {
        Some(match over.get() {
            false => view! {
                <div class="ring-actions">
                    <RoundButton label=words.cancel glyph=LEAVE kind="stop"
                        press=press(move || names.cancel()) />
                </div>
            }
            .into_any(),
            true => view! {
                <div class="ring-actions">
                    <RoundButton label=close_it glyph=CLOSE
                        press=press(move || names.forget_calling()) />
                    <RoundButton label=words.again glyph=PHONE kind="accept"
                        press=press(move || again.with_value(|name| names.call(name))) />
                </div>
            }
            .into_any(),
        })
    });
    let rings = flag(move || !over.get());
    view! {
        <Sheet label=words.calling(&name) escape=move |()| close()>
            <span class="ring-mark" data-rings=rings><Icon glyph=PHONE /></span>
            <h2 class="ring-name">{name.clone()}</h2>
            <p class="soft" role="status">{state}</p>
            {actions}
        </Sheet>
    }
    .into_any()
}
