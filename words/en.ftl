# English. Plain, short, no blame: what is so, then what to do about it. No exclamation marks.
#
# Every other file here says the same in its language: the same messages in the same order, with the
# same variables. CONTRIBUTING.md says how to add a language.

# The language itself: its own name for itself, and ltr or rtl.
language-name = English
language-direction = ltr
language-label = Language
language-hint = The page loads again in the language that you choose.
language-later = The page changes its language when it is next opened, so that this call goes on.

product-name = duologue
# As it stands in the title of the window.
product-title = Duologue

home-line = Talk to someone.
home-field = Room name or link
home-join = Join
home-start = Start a call
home-people = People
home-people-hint = call someone by name
home-live = Go live
home-live-hint = speak to many at once
home-direct = Call without a server
home-direct-hint = by a pasted line or a QR code
home-recordings = Recordings
home-check = Test this device
home-nothing-entered = Type the name of a room or paste a link, then join.
home-leads-nowhere = That link does not lead to a room. Copy the whole link that you were sent.

green_room-title = Ready to join?
green_room-opening = Opening the room…
green_room-your-name = Your name
green_room-join = Join call
green_room-guessable = This room has a typed name, so anyone who guesses the name can come in. For a private call, start one from the home page.
green_room-camera-off = Your camera is off.
green_room-camera-starting = Your camera is starting…
green_room-devices = Devices
green_room-one-present = { $name } is in the call.
# $names: two or more, as common-list-more and common-list-last make them.
green_room-some-present = { $names } are in the call.

call-controls = Call controls
call-invite = Invite
call-leave = Leave call
call-record = Record
call-more = More options
call-full-screen = Full screen
call-leave-full-screen = Leave full screen
call-joining = Joining…
call-you-left = You left the call
call-not-in-call = You are not in the call
call-private-room = Private call
call-direct-room = Direct call
call-first-here = You are the first here
call-first-here-text = Send this link to whoever you want to talk to.
call-invite-text = Whoever has this link can join.
call-invite-link = Invite link
call-invite-share = Share link
call-invite-code = Invite QR code
call-connecting = Connecting…
call-reconnecting = Reconnecting…
call-server-away = The server is away. This call goes on; new people have to wait.
call-microphone-off = microphone off
# For somebody who gave no name.
call-guest = Guest
call-move-own = Your picture. Arrow keys move it to another corner.
call-you = You
call-named-you = { $name } (you)
call-cannot-reach = Cannot reach { $name }
call-joined = { $name } joined
call-left = { $name } left
call-sound-held-back = Your browser holds the sound back until you ask for it.
call-sound-on = Turn sound on

stage-layout = Layout
stage-grid = Grid
stage-spotlight = Spotlight
stage-hide-self = Hide my picture
stage-show-self = Show my picture
stage-float = Picture in picture
stage-pin = Pin { $name }
stage-full-screen = Full screen of { $name }

people-title = People
people-microphone-on = Microphone on
people-microphone-off = Microphone off
people-camera-on = Camera on
people-camera-off = Camera off
people-muted-for-me = muted for you
people-mute-for-me = Mute { $name } for me
people-volume = Volume of { $name }

signs-title = Reactions
signs-raise-hand = Raise hand
signs-thumbs-up = Thumbs up
signs-heart = Heart
signs-laugh = Laugh
signs-clap = Clap
signs-surprise = Surprise
signs-celebrate = Celebrate
# In the title of the window, before the names.
signs-hand-in-title = ✋
signs-muted-in-title = (muted)
# $place (Number): first, second … in the order of raised hands.
signs-hand-place = Hand raised, number { $place }
signs-raised = { $name } raised a hand
signs-reacted = { $name }: { $reaction }

# The panel, the button that opens it, and the key for it.
chat-title = Chat
chat-log = Chat messages
chat-message = Message
chat-placeholder = Write a message
chat-send = Send
# Before a list of people.
chat-to = To
chat-everyone = Everyone
# In the list of addressees, for somebody who is not there any more.
chat-gone = { $name } (left)
chat-nothing-yet = Nothing written yet
chat-nothing-yet-text = What is written here goes straight to the people in the call. Whoever joins later can read it too.
chat-you = You
chat-to-you = to you only
chat-to-one = to { $name } only
chat-told-by = as told by { $name }
chat-kept = Kept for whoever joins
chat-on-its-way = Sending…
chat-arrived = Delivered
chat-not-arrived = Not delivered
# $some (Number): people who have it.
# $all (Number): people who should.
chat-partly = Delivered to { $some } of { $all }
chat-empty = There is nothing to send yet. Write something first.
# $length (Number): of the message.
# $most (Number): that may be sent.
chat-too-long = This message has { $length } characters; { $most } is the most. Shorten it, or send it in parts.
chat-left = They have left the call. Choose whom to write to.
# $count (Number): messages, one at least.
chat-unread-messages =
    { $count ->
        [one] { $count } unread message
       *[other] { $count } unread messages
    }
chat-news = { $name }: { $text }
chat-copy-all = Copy all messages
chat-copied-all = All messages copied.
chat-not-copied = Your browser did not allow copying. Save the messages instead.
chat-save = Save as text

# Files that people send each other: in the chat's panel. In a call; before that nothing is sent.
files-title = Files
files-send = Send file
files-send-folder = Send folder
files-accept = Accept
files-accept-all = Accept all
files-cancel = Cancel
files-save = Save
files-put-away = Remove from the list
files-choose-again = Choose file
# $name: who sends it.
files-sent-by = from { $name }
files-to-you = from { $name }, to you only
files-to-everyone = to everyone
files-to-one = to { $name } only
files-preparing = Reading the file…
files-unanswered = Waiting for an answer
# $here, $whole: sizes.
files-moving = { $here } of { $whole }
# $speed: a size. $left: a time, as files-seconds and so on make it.
files-speed = { $speed } a second, { $left } left
files-waiting = Waiting for someone who has this file
files-waiting-for-them = Interrupted; goes on when they are back
files-received = Received, and checked
files-delivered = Delivered
# $some (Number): people who have it.
# $all (Number): people who want it.
files-delivered-some = Delivered to { $some } of { $all }
files-wanted = { $name } has a part of this file. Choose it again, and the rest follows.
# $size: a number with at most one decimal.
files-bytes = { $size } B
files-kilobytes = { $size } kB
files-megabytes = { $size } MB
files-gigabytes = { $size } GB
# $time: a number.
files-seconds = { $time } s
files-minutes = { $time } min
files-hours = { $time } h
files-cancelled = Cancelled
files-refused = Not wanted
files-withdrawn = { $name } does not offer this file any more.
files-bad-name = Refused: no honest file has such a name.
files-too-large = Refused: it claims to be larger than any disk.
files-too-many = Refused: too many files at once.
files-altered = Stopped: what came is not what was offered. Ask for it to be sent again.
files-silent = Stopped: nothing comes any more. Ask for it to be sent again.
files-unasked = Stopped: data came that nobody had asked for.
files-no-room = There is no room for it on this device. Make room, then ask for it again.
files-busy = Another tab is receiving this file already.
files-broken-storage = The browser could not keep this file. Ask for it to be sent again.
files-unreadable = The file has changed, or is gone, since it was chosen. Choose it again.
files-fleeting = This window is private: what is received goes when it closes. Save what you want to keep.
files-broken = Files do not work in this browser just now. Load the page again.
# $file: its name. $size: how large it is.
files-news = { $name } sends you { $file } ({ $size })
files-show = Show
files-drop = Drop files here to send them

# $names: one name, or several as common-list-last makes them.
recording-named = Call with { $names }
recording-named-alone = { $name }, alone
recording-title = Record this call
recording-whole = Everything in one file: pictures, shared screens and the mixed sound.
recording-each = One file for each person, too
recording-told = Everybody is told: a mark on every screen, an announcement and a sound. Whoever comes later is told before they are recorded.
recording-kept-here = The recording stays on this device. Nobody else gets it.
recording-fleeting = This window is private: what is recorded goes when it closes. Save it before.
recording-impossible = This browser cannot record.
recording-start = Start recording
recording-stop = Stop recording
recording-pause = Pause recording
recording-resume = Resume recording
recording-cancel = Cancel
recording-on = Recording
recording-paused = Recording paused
recording-starting = Recording begins…
recording-ending = Finishing the recording…
# $size: how large it is, as files-megabytes and so on make it.
recording-size = { $size }
recording-began = You are recording. Everybody has been told.
recording-by = { $name } is recording
recording-by-began = { $name } is recording this call.
recording-by-paused = { $name } paused the recording
recording-by-ended = { $name } stopped recording.
recording-saved = The recording is kept on this device.
recording-see = Show recordings
recording-unmixed = This device has no sound output, and without one this browser mixes no sound: only your own voice is in the file of everything. One file for each person has everybody's.
# $time: how long it lasts, as files-minutes and so on make it.
recording-low = There is room for about { $time } more. Stop, or make room on this device.
recording-no-room = The recording has ended: there is no room left on this device. What was recorded is kept.
recording-broken = The recording has ended: the browser could not go on. What was recorded until then is kept.

recordings-title = Recordings
recordings-text = What you have recorded on this device. Nobody else has it.
recordings-none = There are no recordings on this device.
recordings-none-text = Start a call and press Record: everybody is told, and the recording is kept here.
recordings-nameless = Recording
recordings-play = Play
recordings-close = Close the player
recordings-save = Save
recordings-rename = Rename
recordings-name = Name
recordings-keep = Keep the name
recordings-delete = Delete
recordings-delete-question = Delete this recording for good?
recordings-delete-yes = Delete for good
recordings-delete-no = Keep it
recordings-found = Found after a crash. Repair it, then it plays and can be moved about in.
recordings-repair = Repair
# $part: a number from 0 to 100.
recordings-repairing = Repairing: { $part } %
recordings-busy = Being recorded in a tab just now
# $used, $left: sizes, as files-megabytes and so on make them.
recordings-room = { $used } used, { $left } left
recordings-fleeting = This window is private: recordings go when it closes. Save what you want to keep.
recordings-broken = Recordings cannot be had in this browser just now. Load the page again.
recordings-trouble-busy = Another tab has this recording. Close it there, then try again.
recordings-trouble-empty = There is nothing in this recording that could be played. Delete it.
recordings-trouble-broken = This recording cannot be repaired. It may still play in part; save it, or delete it.
recordings-trouble-no-room = There is no room left on this device. Delete what you do not need, then try again.

shortcuts-title = Keyboard shortcuts
# The name of the key.
shortcuts-space = Space
shortcuts-microphone = Microphone on or off
shortcuts-camera = Camera on or off
shortcuts-screen = Share your screen, or stop
shortcuts-record = Start or stop recording
shortcuts-talk = Hold to talk while the microphone is off
shortcuts-hand = Raise or lower your hand
shortcuts-people = People
shortcuts-layout = Grid or spotlight
shortcuts-chat = Open or close the chat
shortcuts-list = This list

share-share = Share screen
share-stop = Stop sharing
share-own = Your screen
share-screen-of = { $name }'s screen
# What counts about the picture: share-sharp or share-smooth.
share-detail = When you share your screen
share-sharp = Sharp text
share-smooth = Smooth motion
share-silent = Your screen is shared without sound. Browsers that can share sound offer it with a box to tick when you choose a tab.
share-blocked = Your system does not let the browser see the screen. Allow it in the system's privacy settings, then share again.
share-failed = Your screen could not be shared. Share again, and choose another window or tab.

# Of a connection.
details-title = Connection details
details-nobody = Nobody else is here. The figures of a connection come with the first person.
details-received = Received
details-round-trip = Round trip
details-lost = Lost on the way
# $share: of packets, "0.3 %".
details-of-lost = { $share } lost
details-jitter = jitter { $time }
# The highest value of a graph.
details-most = most { $value }
details-path = Path
details-path-host = Direct (host)
details-path-srflx = Direct, out through a router (srflx)
details-path-relay = Through a relay server (relay)
details-path-none = None yet
details-picture = Picture
details-sound = Sound
details-screen = Screen
details-screen-sound = Sound of the screen
# $stream: what flows, one of the four above.
details-incoming = { $stream }, in
details-outgoing = { $stream }, out
details-encryption = Encryption
details-copy = Copy as JSON

direct-title = Call without a server
direct-text = You exchange two short texts, by any means you like. Nothing else stands between you.
# The three steps.
direct-start = Begin
direct-exchange = Exchange
direct-talk = Talk
direct-create = Create invite
direct-create-text = Make an invite, send it, and paste the reply that you get.
direct-creating = Making your invite…
direct-or-received = Or somebody sent you an invite:
direct-invite = Invite
direct-invite-text = Send this to the other person, or let them scan it.
direct-invite-code = Invite QR code
direct-received = Paste what you received
direct-received-reply = Then take the reply that comes back:
direct-go-on = Continue
direct-scan = Scan with the camera
direct-scanning = Hold the QR code in front of the camera.
direct-stop-scan = Stop scanning
direct-picture = Picture of a QR code
direct-answering = Making your reply…
direct-reply = Reply
direct-reply-text = Send this back, or let them scan it. The call begins when they have it.
direct-reply-code = Reply QR code
direct-connecting = Connecting. This takes a few seconds.
# What can go wrong.
direct-empty = There is nothing in the field. Paste what you received.
direct-not-a-token = This is neither an invite nor a reply. Copy the whole text that you received.
direct-damaged = This text is damaged: a part of it was lost or changed on its way. Ask for it again.
direct-too-new = This was made by a newer version of this page. Reload, then paste it again.
direct-not-a-reply = This is an invite, and yours is waiting for a reply. Start over to use theirs instead.
direct-not-an-invite = This is a reply, and no invite of yours is waiting. Paste it where the invite was made.
direct-other-invite = This reply belongs to another invite. Ask for the reply to this one, or start over.
direct-refused = Your browser could not use this. Start over with a new invite.
direct-unreachable = Both sides are ready, but your networks let nothing through. Try another network, a phone's perhaps, then start over.
direct-gave-up = Your browser did not wait long enough for your reply to arrive. Start over and send it sooner; with a camera on, some browsers wait longer.
direct-scan-not-a-picture = This file is not a picture that your browser can open. Choose another one.
direct-scan-no-code = No QR code was found in this picture. Take it again, closer and straight on.
direct-scan-no-reader = The QR reader could not be loaded. Paste the text instead.

devices-camera = Camera
devices-microphone = Microphone
devices-speaker = Speaker
devices-none = None found
devices-system-default = System default
# $device: one of the three above.
# $number (Number): for devices without a name.
devices-numbered = { $device } { $number }
devices-level = Loudness of your microphone
# Why a device is not there.
devices-camera-denied = Your browser is not allowed to use the camera. Allow it in the address bar, then try again.
devices-camera-not-found = No camera was found. Connect one, or join without.
devices-camera-in-use = Another program is using the camera. Close it there, then try again.
devices-camera-insecure = Browsers give the camera to secure pages only. Open this page by its https address.
devices-camera-lost = The camera has gone. Plug it in again, or choose another one.
devices-camera-other = The camera did not start. Try again, or choose another one.
devices-microphone-denied = Your browser is not allowed to use the microphone. Allow it in the address bar, then try again.
devices-microphone-not-found = No microphone was found. Connect one, or join and listen.
devices-microphone-in-use = Another program is using the microphone. Close it there, then try again.
devices-microphone-insecure = Browsers give the microphone to secure pages only. Open this page by its https address.
devices-microphone-lost = The microphone has gone. Plug it in again, or choose another one.
devices-microphone-other = The microphone did not start. Try again, or choose another one.

setup-picture = Picture
setup-sound = Sound
setup-limits = Limits
setup-resolution = Resolution
setup-resolution-low = 360p
setup-resolution-high = 720p
setup-resolution-highest = 1080p
setup-frame-rate = Frames a second
setup-echo-cancellation = Echo cancellation
setup-noise-suppression = Noise suppression
setup-automatic-gain = Automatic volume
setup-hi-fi = Hi-fi sound
setup-hi-fi-hint = For music: nothing is filtered, so wear headphones.
setup-muted-hint = Tell me when I speak while muted
setup-muted-hint-text = The microphone stays open for it; nothing is sent.
setup-limit = Send at most
setup-limit-hint = To everybody together, sound first.
setup-limit-none = No limit
setup-limit-half-megabit = 500 kb/s
setup-limit-one-megabit = 1 Mb/s
setup-limit-two-megabits = 2 Mb/s
setup-limit-four-megabits = 4 Mb/s
setup-test-sound = Test sound
setup-playing = Playing…
setup-not-played = The sound could not be played. Choose another speaker.
setup-flip = Flip camera
setup-gone = { $name } has gone. Now using { $now }.
setup-gone-system-speaker = { $name } has gone. Now using the system's speaker.
setup-gone-another = { $name } has gone. Now using another one.
setup-moved = Now using { $now }.
setup-missing = { $name } is not connected. Using { $now }.
setup-refused = { $name } did not start. Still using { $now }.
# A device that had been used before, and one that had not.
setup-back = { $name } is back.
setup-connected = { $name } is connected.
setup-take = Use { $name }
setup-dismiss = Dismiss
setup-camera-withheld = Your system or browser holds the camera's picture back. Allow it there.
setup-microphone-withheld = Your system or browser holds the microphone's sound back. Allow it there.
setup-speaks-muted = You are speaking, and your microphone is off.
setup-unmute = Turn microphone on

# The self-test.
check-title = Test this device
check-text = Half a minute, before a call or when one fails. Your browser asks for camera and microphone, and you hear two notes. Nothing is recorded, and nobody sees or hears you.
check-run = Run the test
check-stop = Stop the test
check-stopped = The test was stopped.
check-own = This device
check-network = The way to others
check-addresses = Addresses of this device
check-signalling = Signalling server
check-servers = STUN and TURN servers
# $place: its address.
check-stun-server = STUN server { $place }
check-turn-server = TURN server { $place }
check-call = A call with yourself
check-relay = Round trip through the relay
# How each check came out.
check-waiting = Waiting
check-testing = Testing
check-works = Works
check-poor = Poor
check-failed = Failed
check-absent = Not available
# $name: of the check. $grade: one of the six above.
check-row-said = { $name }: { $grade }
check-camera-running = If your browser asks, allow it.
check-microphone-running = If your browser asks, allow it. Then say something.
check-camera-picture = It gives a picture of { $size }.
check-camera-dark = Its picture is black. Uncover the lens, or turn on a light.
check-camera-no-picture = It is on, but no picture comes. Unplug it and plug it in again, or choose another one.
check-microphone-heard = It hears you.
check-microphone-quiet = It is on, but nothing was heard. If you spoke, look for a switch on it, or choose another one.
check-microphone-unmeasured = It is on. How loud it is cannot be measured here, as your browser found no speaker.
check-speaker-played = Two notes were played. If you did not hear them, turn it up or choose another one.
check-speaker-stuck = The test sound did not come to its end. Look whether a speaker is connected.
check-speaker-refused = The test sound could not be played. Choose another speaker.
check-signalling-online = It answers in { $ms } ms.
check-signalling-none = This page comes without one. Tabs of this browser can call each other, and calls without a server work.
check-signalling-offline = Not even this page's files can be fetched now. Look at your connection to the network.
check-signalling-closed = The connection to it is cut (code { $code }). A proxy or a firewall may let no WebSocket through.
check-signalling-full = It has all the people it can take. Try again in a few minutes.
check-signalling-version = It speaks another version. Reload this page.
check-signalling-fast = It asks to slow down. Try again in a minute.
check-signalling-misunderstood = It did not understand this page. Reload this page.
check-signalling-silent = It takes the connection and says nothing. A proxy may hold back what it sends.
check-addresses-none = Your browser shows none. A setting or an extension may hide them all.
check-addresses-some = By these, others in the same network reach you.
check-no-servers = This host names none. Calls work where one device reaches the other directly, as in one network.
# $way: UDP, TCP or TLS.
check-probe-answered = It answered by { $way } after { $ms } ms.
check-probe-lent = It lent an address by { $way } after { $ms } ms.
check-probe-same = It answered by { $way }, and sees you as you are: nothing stands between you and the Internet.
check-probe-refused = It refuses this page's name or password (code { $code }). Whoever runs this page has to mend that.
check-probe-unreachable = No answer by { $way } after { $ms } ms. Your network may block it, or it is down.
check-probe-silent = No address came of it, and your browser does not say why. It is down, blocked, or nothing stands between you and it.
check-probe-lent-nothing = It lent no address, and your browser does not say why. It is down, blocked, or refuses this page's name or password.
check-probe-invalid = Your browser cannot make sense of its address. Whoever runs this page has to mend that.
check-call-picture = Connected after { $channel } ms, first picture after { $frame } ms.
check-call-data = Connected after { $channel } ms. There was no camera to send a picture of.
check-call-no-frame = Connected after { $channel } ms, but no picture came. This device may be too busy.
check-call-failed = Two connections of this page cannot reach each other. Something in this browser or on this device blocks calls.
check-relay-none = This host has no relay.
check-relay-not-reached = No relay gave an address.
check-relay-quick = Under 1 ms.
check-relay-round-trip = { $ms } ms.
check-relay-blocked = The relay gave an address, but nothing comes through. Its ports may be blocked, or it may refuse to reach itself.
check-kind-srflx = srflx, from outside
check-kind-relay = relay, lent
check-kind-prflx = prflx, learnt
check-kind-host = host, its own
check-priority = priority { $number }
# The verdict, and the step that follows from it.
check-insecure = This page is not secure
check-insecure-step = Browsers give camera and microphone to secure pages only. Open this page by its https address.
check-calls-blocked = Calls are blocked here
check-calls-blocked-step = Turn off extensions that block WebRTC, or try another browser. On a managed device, ask whoever looks after it.
check-no-signalling = This page's server cannot be reached
check-no-signalling-step = Look at your connection, then run the test again. If other pages open, try another network and send the report to whoever runs this page.
check-not-heard = Nobody would hear you
check-not-heard-step = Mend the microphone as its row says, then run the test again. Without it you can join and listen.
check-no-way-out = Calls stay within your network
check-no-way-out-step = None of this page's servers helps from here. Try another network, a phone's perhaps, or ask whoever runs this one to allow UDP.
check-relay-refuses = The relay refuses this page
check-relay-refuses-step = Only the host can mend this: send the report to whoever runs this page. Until then, calls fail between some networks.
check-relay-fails = The relay does not work
check-relay-fails-step = Calls fail between some networks. Try another network, and send the report to whoever runs this page.
check-not-seen = Nobody would see you
check-not-seen-step = Mend the camera as its row says, then run the test again. Without it you are heard all the same.
check-nothing-heard = You would hear nobody
check-nothing-heard-step = Choose another speaker, then run the test again.
check-udp-blocked = Calls work, by a detour
check-udp-blocked-step = Your network blocks UDP, so sound and picture go through the relay by TCP and may stutter. Ask whoever runs the network to allow UDP.
check-no-frame = Calls connect, pictures do not
check-no-frame-step = Close other programs, and tabs that show video, then run the test again.
check-relay-far = The relay is slow
check-relay-far-step = Calls that need the relay will lag. A nearer one would help: send the report to whoever runs this page.
check-server-missing = Calls work, with less help
check-server-missing-step = One of the host's servers gave no answer, and others stand in for it. Send the report to whoever runs this page.
check-quiet = Your microphone is silent
check-quiet-step = See its row, then run the test again and say something.
check-unseen = You have no picture
check-unseen-step = See the camera's row. Without a picture you are heard all the same.
check-sound-stuck = Your speaker may not work
check-sound-stuck-step = See its row, then run the test again.
check-without-server = Ready for calls without a server
check-without-server-step = This page has no server. Call from tab to tab, or choose “Call without a server” at home.
check-nearby = Ready for calls in one network
check-nearby-step = Between two networks a call may fail, as this host names no STUN or TURN server.
check-well = You are ready to call
check-well-step = Everything that a call needs works here.
check-more = More than one row is marked Failed: look at each.
check-report = For whoever helps you
check-report-text = The whole result as one text. It holds addresses of your network, and no passwords.
check-report-field = Report

# How a call ends, and what is wrong with a room.
ended-left = You left the call.
ended-room-full = This call is full: it takes eight people. Try again when someone has left.
ended-opened-elsewhere = This call goes on in another tab. Go there, or bring it here.
ended-server-full = The server has all the people it can take. Try again in a few minutes.
ended-outdated = The server has a newer version of this page. Reload to get it.
ended-other-left = The other person left the call.
ended-room-empty = This link names no room. Ask for the whole link.
ended-room-damaged = This link is damaged: a part of it was lost or changed on its way. Ask for it again.
ended-room-too-long = A room's name has 64 characters at most. Choose a shorter one.

# A host that is not for everybody, or that has enough of one network.
door-title = This host is not open to everybody
door-wanted = It asks for its password, or for an invitation. Ask whoever runs it for a link.
door-refused = Your invitation has ended, or is not for this host. Ask whoever runs it for a new one.
door-password = Password
door-enter = Enter
door-wrong = That is not the password. Look at it again.
door-too-fast = That was tried too often. Wait a minute, then try again.
door-unreachable = The server does not answer. Try again in a moment.
door-too-many = Too many people use this server from your network now. Try again later, or from another network.
door-rooms-too-fast = Too many rooms were opened from your network in a short time. Try again in a minute.

names-title = People
names-text = Sign in under a name, and people here can call you by it. No account, no password.
names-your-name = Your name
names-sign-in = Sign in
names-signing-in = Signing in…
names-signed-in = You are signed in as { $name }.
names-sign-out = Sign out
names-away = The server cannot be reached just now. You are { $name } again as soon as it can.
names-off = This host has no directory of names. Start a call and send its link instead.
names-online = People online
names-alone = Nobody else is signed in yet. This page shows them as they come.
names-unlisted = This host does not show who is here. Type the name of whoever you want to call.
names-search = Search for a name
names-none-found = Nobody by that name is here.
names-call = Call { $name }
names-in-call = in a call
names-field = Name
names-call-them = Call
names-recent = Recent calls
names-forget = Clear the list
names-outgoing = you called
names-unanswered = not reached
names-incoming = called you
names-declined = you declined
names-missed = missed
names-notices = Tell me of calls while this tab is hidden
names-notices-text = Your browser asks you once. It works for as long as this tab is open.
names-taken = { $name } is taken, or looks like a name that is. Choose another one.
names-bad-name = A name has 1 to 32 characters, and one at least that can be seen.
names-full = The server has all the people it can take. Try again in a few minutes.
names-outdated = The server has a newer version of this page. Reload to get it.
names-incoming-from = Incoming call from { $name }
names-is-calling = { $name } is calling
names-accept = Accept
names-accept-without-camera = Accept without camera
names-decline = Decline
names-decline-saying = Decline with a message
names-message = Message
names-send-message = Decline and send
names-calling = Calling { $name }
names-looking = Looking for them…
names-ringing = Ringing…
names-cancel = Cancel
names-again = Call again
names-over-declined = { $name } declined the call.
# $text: what they wrote.
names-over-saying = { $name } declined and says: { $text }
names-over-busy = { $name } is in another call.
names-over-no-answer = { $name } did not answer.
names-over-gone = { $name } is not here any more.
names-over-nobody = Nobody is signed in as { $name }. They have to be, to be called.
names-over-yourself = That is your own name. Call somebody else.
names-quiet = { $name } is calling you. Without an answer they hear that you are in another call.
names-leave-and-answer = Leave and answer
names-say-busy = I am busy

upcoming-title = Not in this version yet
upcoming-live = Going live is still being built. Until then, a call takes up to eight people.

# Making sure who it is.
verify-verify = Verify { $name }
verify-title = Compare this code
verify-making = Making the code…
verify-how = Read these words to { $name }, and ask what they see: they press Verify on your tile.
# Before the same code as a number.
verify-digits = If your pages speak different languages, compare this number:
verify-why = If both see the same, nobody can listen or speak between you.
verify-same = They match
verify-differ = They differ
verify-matched = You compared the code with { $name }. If both of you said that it matches, your pages know each other in later calls.
verify-differed = The codes differ, so somebody may be between you and { $name }. You are not connected to them any more. Tell them by another way, and meet by a new link.
verify-silent = There is no code, as the other page does not answer. Until there is one, nobody can be sure who it is.
verify-misfit = There is no code, as what the other page said does not fit together. Somebody may be between you: leave, and call again by a new link.
verify-unseen = There is no code, as your browser does not say with whom it is connected. Try another browser.
# What a tile says of who is on it.
verify-compared = You compared the code
verify-known = Same person as last time
verify-known-as = Same person as last time, then called { $name }
verify-doubtful = This is not the device that you know as { $name }. It may be new, or somebody else. Compare the code.
verify-compare = Compare the code
verify-forget = Forget me
# $count (Number): people with whom a code was compared.
verify-people =
    { $count ->
        [one] You compared a code with { $count } person. This is kept on this device alone.
       *[other] You compared a code with { $count } people. This is kept on this device alone.
    }
verify-forget-means = This device then knows nobody, and nobody knows it: whoever compared a code with you is warned when you next call. Comparing again mends that.
verify-forget-now = Forget all of it
verify-forget-not = Keep it
verify-forgotten = Forgotten.
verify-ended = The codes differ, so somebody may have been between you, and the call was ended. Tell the other person by another way, and meet by a new link.
# 128 words, three of which make a code: short, known to a child, and not to be taken for one
# another when read aloud. They need not mean the same in other languages.
verify-words = apple arrow autumn badge balloon banana basket bottle bridge brush bucket butterfly cabin cactus camel camera canoe carpet carrot castle cheese cherry chimney circus cloud coffee corner cradle crayon cricket curtain daisy diamond doctor dolphin dragon drum elbow engine falcon farmer feather finger flag forest fountain garden garlic giraffe glove grape guitar harvest helmet honey hotel house island jelly jungle kitchen ladder lamp lemon library lion lizard magnet mango maple market mirror monkey mushroom napkin needle ocean olive onion orange owl paper pencil pepper piano pigeon pillow pirate planet potato pumpkin puzzle rabbit rainbow ribbon river robot saddle salad school shadow shovel silver spider spoon squirrel sugar summer table teacher thunder tiger tomato tractor tulip tunnel turtle umbrella valley village violin volcano walnut window winter yogurt zebra zipper
# Where somebody is.
privacy-hide-address = Hide my address
privacy-hide-address-hint = Calls go through the host's relay, so that people do not learn your network address. Where a host has no relay, nobody can be reached. It counts for whom you meet from now on.

common-back-home = Home
common-copy = Copy
common-copied = Copied
common-close = Close
common-newer = There is a newer version of this page.
common-not-found = There is no such page
common-not-found-text = The address may have lost a part on its way. Ask for the link again, or begin at home.
common-room-cannot-open = This room cannot be opened
common-try-again = Try again
common-join-again = Join again
common-use-this-tab = Use this tab
common-start-over = Start over
common-reload = Reload
# A list as it grows, "Ana, Ben", and its end, "Ana, Ben and Cem".
common-list-more = { $list }, { $next }
common-list-last = { $list } and { $last }
