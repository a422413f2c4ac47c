/* The search box: says beneath it what will be looked up, as one types. The form itself is the
 * server's, and works without this. */
import { html } from "./html.js";
import { readName } from "./name.js";
import { Component, render } from "./preact.js";
import { words } from "./words.js";

const PAUSE_MS = 150; // so that a screen reader is not told every letter

class Hint extends Component {
	state = { text: this.props.input.value };

	componentDidMount() {
		this.props.input.addEventListener("input", this.typed);
	}

	componentWillUnmount() {
		clearTimeout(this.timer);
		this.props.input.removeEventListener("input", this.typed);
	}

	typed = () => {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.setState({ text: this.props.input.value }), PAUSE_MS);
	};

	render({ form }, { text }) {
		if (text.trim() === "")
			return null;
		const found = readName(text);
		if (!found)
			return html`<span class="open">${words(form, "search-not")}</span>`;
		const [before, after] = words(form, "search-will").split("{name}");
		return html`<span>${before}<bdi class="name">${found.shown}</bdi>${
			found.shown === found.name ? null : html` <bdi class="labels">${found.name}</bdi>`
		}${after}</span>`;
	}
}

export function mountSearch(form) {
	const input = form.querySelector("input[name=q]");
	if (!input)
		return;
	const place = document.createElement("p");
	place.className = "hint";
	place.id = `${input.id || "q"}-hint`;
	place.setAttribute("role", "status");
	form.append(place);
	input.setAttribute("aria-describedby",
		`${input.getAttribute("aria-describedby") ?? ""} ${place.id}`.trim());
	render(html`<${Hint} form=${form} input=${input} />`, place);
}
