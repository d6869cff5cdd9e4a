/** The looks, as a sheet that no Content-Security-Policy of a page refuses; colours and font are the page's own. */
const SHEET = `
:host { display: inline-block; max-width: 100%; font: inherit; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; font: inherit; }
button { min-height: 44px; padding: .5em 1.2em; font-weight: 600; cursor: pointer; border: 1px solid transparent;
  border-radius: var(--invite-radius, .4em); color: var(--invite-on-accent, #fff); background: var(--invite-accent, #1f5fbf); }
button:hover { filter: brightness(1.1); }
:focus-visible { outline: 3px solid var(--invite-focus, currentColor); outline-offset: 2px; }
form { margin-top: .75em; width: 22em; max-width: 100%; }
label { display: block; margin-bottom: .75em; }
input { display: block; width: 100%; min-height: 44px; margin-top: .25em; padding: .4em .6em;
  color: FieldText; background: Field; border: 1px solid GrayText; border-radius: var(--invite-radius, .4em); }
p { margin: .75em 0 0; max-width: 22em; }
strong { display: block; font-weight: 600; }
[role=alert] { border-left: 4px solid var(--invite-fault, #c62828); padding-left: .75em; }
a { color: inherit; display: inline-block; padding: .5em 0; }
`;

let made: CSSStyleSheet | undefined;

/** One sheet for all buttons of a page. */
export function sheet(): CSSStyleSheet {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(SHEET);
  }
  return made;
}
