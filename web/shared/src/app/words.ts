/** The words of an app, within those that both have: English is whole, other languages may join as `locales/<tag>.json` beside it. */
import { createI18n } from "vue-i18n";
import shared from "../locales/en.json";

export function words<T extends object>(own: T) {
  const i18n = createI18n({
    legacy: false,
    locale: navigator.language,
    fallbackLocale: "en",
    messages: { en: shared },
    missingWarn: false,
    fallbackWarn: false,
  });
  i18n.global.mergeLocaleMessage("en", own);
  return i18n;
}
