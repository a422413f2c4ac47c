/* The button beside a decision that checks its ledger proof here, in the reader's browser, and says
 * of each step whether it holds. The proof comes from the same server as the page: what makes it
 * worth checking is that the ledger's key and checkpoints can be compared with those that others
 * keep. */
import { html } from "./html.js";
import { Component, render } from "./preact.js";
import { STEPS, checkProof } from "./proof.js";
import { words } from "./words.js";

async function get(path) {
	const answer = await fetch(path, { headers: { Accept: "text/plain" } });
	if (!answer.ok)
		throw new Error(`${path}: ${answer.status}`);
	return answer.text();
}

class Panel extends Component {
	state = { phase: "idle", steps: {}, result: null };

	check = async () => {
		const { record } = this.props.place.dataset;
		const steps = {};

		if (this.state.phase === "checking")
			return;
		this.setState({ phase: "checking", steps, result: null });
		let proof, key;
		try {
			[proof, key] = await Promise.all([get(`/v1/ledger/proof/${record}`),
				get("/v1/ledger/key")]);
		} catch {
			this.setState({ phase: "absent" });
			return;
		}
		const result = await checkProof({ proof, key, record, subtle: globalThis.crypto?.subtle,
			told: (step, state) => { steps[step] = state; } });
		const phase = result.failed ? "bad" : result.good ? "good" : "unable";
		this.setState({ phase, steps, result });
	};

	render({ place }, { phase, steps, result }) {
		const said = (key, places) => words(place, `proof-${key}`, places);
		const done = result !== null;
		return html`
			<button type="button" class="check" aria-disabled=${phase === "checking"}
				onClick=${this.check}>${said(phase === "idle" ? "check" : "again")}</button>
			<p class="result" role="status" data-result=${phase}>${
				phase === "idle" ? "" : said(phase)}</p>
			${done && html`<ol class="steps">${STEPS.map((step) => {
				const state = steps[step] ?? "open";
				return html`<li key=${step} data-step=${step} data-result=${state}>
					<span class="step">${said(`step-${step}`, result)}</span>
					${" "}<span class="state">${said(`state-${state}`)}</span></li>`;
			})}</ol>`}`;
	}
}

export function mountProof(place) {
	if (!/^[0-9a-f]{64}$/.test(place.dataset.record ?? ""))
		return;
	const panel = document.createElement("div");
	panel.className = "panel";
	place.append(panel);
	render(html`<${Panel} place=${place} />`, panel);
}
