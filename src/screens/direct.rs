//! A call without a server, in three steps of which one is open: begin, exchange two texts, talk.

use crate::{
    parts::{
        brand::Brand,
        button::Button,
        copy_field::CopyField,
        lean::{input, memo, part, press, submit, watch, word},
        mirror::{MicrophoneTrouble, Mirror},
        notice::Alert,
        page,
        qr_code::QrCode,
        scanner::Scanner,
    },
    screens::{call::CallStage, ended::EndedCall, green_room::NameField, room::Stage},
    session::{Call, DirectStep, Phase},
    words::{Step, words},
};
use leptos::prelude::*;

#[component]
pub fn DirectCall(token: Option<String>) -> impl IntoView {
    let token = StoredValue::new(token);
    let opened = RwSignal::new(());
    part(move || {
        opened.track();
        let call = untrack(Call::open_direct);
        // The address's invite is used once: starting over is a fresh start.
        let invite = token.try_update_value(Option::take).flatten();
        let again = move |()| opened.set(());
        Some(view! { <OpenDirect call=call invite=invite again=again /> }.into_any())
    })
}

#[component]
fn OpenDirect(
    call: Call,
    invite: Option<String>,
    #[prop(into)] again: Callback<()>,
) -> impl IntoView {
    let invite = StoredValue::new(invite);
    watch(move || {
        if call.phase.get() == Phase::Lobby
            && let Some(token) = invite.try_update_value(Option::take).flatten()
        {
            call.use_token(token);
        }
    });
    let stage = memo(move || match call.phase.get() {
        Phase::Opening | Phase::Lobby | Phase::Joining => Stage::Before,
        Phase::InCall => Stage::Call,
        Phase::Ended(ended) => Stage::After(ended),
    });
    part(move || {
        Some(match stage.get() {
            Stage::Before => view! { <Steps call=call /> }.into_any(),
            Stage::Call => view! { <CallStage call=call /> }.into_any(),
            Stage::After(ended) => {
                let act = move |_| again.run(());
                view! { <EndedCall ended=ended step=Step::StartOver act=act /> }.into_any()
            }
        })
    })
}

#[component]
fn Steps(call: Call) -> impl IntoView {
    let words = &words().direct;
    page::use_title(move || words.title.to_string());
    // Memos, so that what is being typed survives news that change nothing.
    let now = memo(move || call.direct.get());
    let place = memo(move || match now.get() {
        DirectStep::Start | DirectStep::MakingInvite | DirectStep::MakingReply => 0,
        DirectStep::Invite { .. } | DirectStep::Reply { .. } => 1,
        DirectStep::Connecting => 2,
    });
    let step = move |number: usize, title: &'static str| {
        let current = word(move || {
            if place.get() == number {
                "step"
            } else {
                "false"
            }
        });
        let open = part(move || (place.get() == number).then(|| open_step(call, now.get())));
        view! {
            <li class="step" aria-current=current>
                <h2 class="panel-title">{title}</h2>
                {open}
            </li>
        }
    };
    view! {
        <div class="page">
            <header class="top"><Brand /></header>
            <main class="direct">
                <div class="direct-steps">
                    <h1 class="line">{words.title}</h1>
                    <p class="soft">{words.text}</p>
                    <ol class="steps">
                        {step(0, words.start)} {step(1, words.exchange)} {step(2, words.talk)}
                    </ol>
                </div>
                <aside class="direct-side">
                    <Mirror local=call.local />
                    <MicrophoneTrouble local=call.local />
                    <NameField name=call.my_name />
                </aside>
            </main>
        </div>
    }
    .into_any()
}

fn open_step(call: Call, step: DirectStep) -> AnyView {
    let words = &words().direct;
    let wait = |text| view! { <p role="status">{text}</p> };
    match step {
        DirectStep::MakingInvite => wait(words.creating).into_any(),
        DirectStep::MakingReply => wait(words.answering).into_any(),
        DirectStep::Connecting => view! {
            {wait(words.connecting)}
            <Trouble call=call />
        }
        .into_any(),
        DirectStep::Start => view! {
            <p class="soft">{words.create_text}</p>
            <Button text=words.create press=press(move || call.create_invite()) kind="primary" />
            <p class="soft">{words.or_received}</p>
            <Received call=call />
        }
        .into_any(),
        DirectStep::Invite { address, .. } => view! {
            <p class="soft">{words.invite_text}</p>
            <Carried label=words.invite code=words.invite_code text=address />
            <p class="soft">{words.received_reply}</p>
            <Received call=call />
        }
        .into_any(),
        DirectStep::Reply { token } => view! {
            <p class="soft">{words.reply_text}</p>
            <Carried label=words.reply code=words.reply_code text=token />
            <Trouble call=call />
        }
        .into_any(),
    }
}

/// A text for the other side, to copy or to scan.
#[component]
fn Carried(label: &'static str, code: &'static str, text: String) -> impl IntoView {
    let text = Signal::stored(text);
    view! {
        <QrCode label=code text=text />
        <CopyField label=label text=text />
    }
}

/// What came from the other side: pasted, scanned, or in a picture.
#[component]
fn Received(call: Call) -> impl IntoView {
    let words = &words().direct;
    let text = RwSignal::new(String::new());
    let go_on = submit(move || call.use_token(text.get_untracked()));
    view! {
        <form class="received" on:submit=go_on>
            <label class="field">
                <span class="field-label">{words.received}</span>
                <textarea
                    rows="2"
                    dir="ltr"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=text
                    on:input=input(move |typed| text.set(typed))
                ></textarea>
            </label>
            <Trouble call=call />
            <button type="submit" class="button">{words.go_on}</button>
        </form>
        <Scanner local=call.local found=Callback::new(move |text| call.use_token(text)) />
    }
    .into_any()
}

/// What was wrong with it, and what helps.
#[component]
fn Trouble(call: Call) -> impl IntoView {
    let act = move |step| match step {
        Step::Reload => page::reload(),
        _ => call.start_over(),
    };
    part(move || {
        let advice = words().direct.trouble(call.direct_trouble.get()?);
        Some(view! { <Alert advice=advice act=act /> }.into_any())
    })
}
