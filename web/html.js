/* Templates without a build step: html`<p>${text}</p>` makes elements. What is put in is text or an
 * attribute's value, never markup. */
import htm from "./htm.js";
import { h } from "./preact.js";

export const html = htm.bind(h);
