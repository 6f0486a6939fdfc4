// The pages work without any of this; each element improves one thing.
import "./password.js";
import "./new-password.js";
import "./countdown.js";
import "./poll.js";
import "./copy.js";
import "./onward.js";
import "./passkey.js";
import "./once.js";

// The error summary has the focus (autofocus), but a browser that came with a fragment keeps it elsewhere.
document.querySelector(".summary")?.focus();
