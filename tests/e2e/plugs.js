// Devices that are plugged in and out by a test, on top of the browser's own fake ones: a headset with
// a microphone and a speaker, a second camera, a phone's two cameras, a voice. Behind each is the
// browser's own fake device. Also counts what must not happen and keeps what was asked for.
const seen = (window.seen = { descriptions: 0, connections: [], sinks: [], asked: [], tracks: [], phone: false });
const cases = {
  headset: [
    { deviceId: "headset-in", kind: "audioinput", label: "Headset", groupId: "headset" },
    { deviceId: "headset-out", kind: "audiooutput", label: "Headset", groupId: "headset" },
  ],
  camera: [{ deviceId: "second", kind: "videoinput", label: "Second camera", groupId: "second" }],
};
const plugged = new Set();
const here = () => [...plugged].flatMap((name) => cases[name]);
const known = Object.values(cases).flat().map((it) => it.deviceId);
const devices = navigator.mediaDevices;
const list = devices.enumerateDevices.bind(devices);
devices.enumerateDevices = async () => [...(await list()), ...here()];
seen.plug = (name) => { plugged.add(name); devices.dispatchEvent(new Event("devicechange")); };
seen.unplug = (name) => {
  plugged.delete(name);
  const ids = cases[name].map((it) => it.deviceId);
  for (const track of seen.tracks.filter((it) => ids.includes(it.from) && it.readyState === "live")) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
  devices.dispatchEvent(new Event("devicechange"));
};
seen.withhold = () => {
  for (const track of seen.tracks.filter((it) => it.kind === "audio" && it.readyState === "live")) {
    Object.defineProperty(track, "muted", { value: true, configurable: true });
    track.dispatchEvent(new Event("mute"));
  }
};
// A voice as loud as a person close by; false where this browser makes no sound without an output.
seen.speak = async () => {
  const context = new AudioContext();
  const awake = context.resume().then(() => true);
  if (!(await Promise.race([awake, new Promise((done) => setTimeout(done, 3000, false))]))) return false;
  seen.voice = new OscillatorNode(context, { frequency: 220 });
  const loudness = new GainNode(context, { gain: 0.3 });
  seen.mouth = new MediaStreamAudioDestinationNode(context);
  seen.voice.connect(loudness).connect(seen.mouth);
  seen.voice.start();
  // For a test that fails.
seen.tell = () => JSON.stringify({
  asked: seen.asked.at(-1), sinks: seen.sinks,
  tracks: seen.tracks.map((it) => [it.kind, it.from, it.readyState, it.getSettings()]).slice(-3),
});
return true;
};

const ask = devices.getUserMedia.bind(devices);
devices.getUserMedia = async (constraints) => {
  seen.asked.push(structuredClone(constraints));
  const from = {}, facing = seen.phone && (constraints.video?.facingMode?.exact ?? "user");
  for (const kind of ["audio", "video"]) {
    const id = constraints[kind]?.deviceId?.exact;
    delete constraints[kind]?.facingMode;
    if (!known.includes(id)) continue;
    if (!here().some((it) => it.deviceId === id)) throw new DOMException("not here", "OverconstrainedError");
    delete constraints[kind].deviceId;
    from[kind] = id;
  }
  let stream = await ask(constraints);
  if (seen.mouth && constraints.audio) {
    for (const track of stream.getAudioTracks()) track.stop();
    stream = new MediaStream([...seen.mouth.stream.clone().getAudioTracks(), ...stream.getVideoTracks()]);
  }
  for (const track of stream.getTracks()) {
    const settings = track.getSettings.bind(track);
    track.from = from[track.kind];
    track.getSettings = () => ({
      ...settings(),
      ...(track.from && { deviceId: track.from }),
      ...(facing && track.kind === "video" && { facingMode: facing }),
    });
    seen.tracks.push(track);
  }
  return stream;
};

for (const name of ["setLocalDescription", "setRemoteDescription"]) {
  const own = RTCPeerConnection.prototype[name];
  RTCPeerConnection.prototype[name] = function (...args) {
    if (!seen.connections.includes(this)) seen.connections.push(this);
    seen.descriptions += 1;
    return own.apply(this, args);
  };
}
const sink = HTMLMediaElement.prototype.setSinkId;
seen.chooses = Boolean(sink);
HTMLMediaElement.prototype.setSinkId = function (id) {
  seen.sinks.push(id);
  return sink ? sink.call(this, id) : Promise.reject(new DOMException("no", "NotSupportedError"));
};
// What the page has switched on now, copies of it not counted.
seen.held = (kind) => seen.tracks.find((it) => it.kind === kind && it.readyState === "live");
seen.senders = () => seen.connections.flatMap((it) => it.getSenders());
seen.sent = (kind) => seen.senders().map((it) => it.track).find((it) => it?.kind === kind);
seen.bits = (kind) => seen.senders().filter((it) => it.track?.kind === kind)
  .map((it) => it.getParameters().encodings?.[0]?.maxBitrate ?? null);
// For a test that fails.
seen.tell = () => JSON.stringify({
  asked: seen.asked.at(-1), sinks: seen.sinks,
  tracks: seen.tracks.map((it) => [it.kind, it.from, it.readyState, it.getSettings()]).slice(-3),
});
return true;
