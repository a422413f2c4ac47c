/* What script adds to the public pages. They are whole without it. */
import { mountChoice, mountMatrix, openTarget } from "./matrix.js";
import { mountProof } from "./proof_panel.js";
import { mountSearch } from "./search.js";

function mountAnswer(main) {
	main.querySelectorAll("div.proof[data-record]").forEach(mountProof);
	if (document.body.dataset.page !== "name")
		return;
	mountMatrix(main, mountAnswer);
	const form = main.querySelector("form#choose");
	if (form)
		mountChoice(form, mountAnswer);
}

document.querySelectorAll("form.search").forEach(mountSearch);
const main = document.querySelector("main#answer");
if (main) {
	mountAnswer(main);
	const form = document.querySelector("form#choose");
	if (document.body.dataset.page === "name" && form && !main.contains(form))
		mountChoice(form, mountAnswer);
}
addEventListener("hashchange", openTarget);
openTarget();
