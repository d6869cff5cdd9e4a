/** How both apps look: calm colours with enough contrast in the light and in the dark. */
import { createVuetify } from "vuetify";
import { aliases, mdi } from "vuetify/iconsets/mdi-svg";
import { keptLook } from "./looks";
import "vuetify/styles";
import "./base.css";

/** Labels and hints with the contrast that text needs, on tints, too. */
const READABLE = { "medium-emphasis-opacity": 0.76 };

export const vuetify = createVuetify({
  icons: { defaultSet: "mdi", aliases, sets: { mdi } },
  theme: {
    defaultTheme: keptLook(),
    cspNonce: document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content,
    themes: {
      light: {
        colors: {
          primary: "#1d4ed8",
          accepted: "#15803d",
          declined: "#b91c1c",
          tentative: "#a16207",
          warning: "#8a4b00",
          info: "#1d4ed8",
          error: "#b3001b",
          success: "#15803d",
        },
        variables: READABLE,
      },
      dark: {
        colors: {
          primary: "#93b4ff",
          accepted: "#4ade80",
          declined: "#f87171",
          tentative: "#facc15",
          warning: "#facc15",
          info: "#93b4ff",
          error: "#ff9a9a",
          success: "#4ade80",
        },
        variables: READABLE,
      },
    },
  },
});
