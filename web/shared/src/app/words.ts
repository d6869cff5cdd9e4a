/** The words of an app: English is whole, other languages may join as `locales/<tag>.json` beside it. */
import { createI18n } from "vue-i18n";
import shared from "../locales/en.json";

export function words<T extends object>(own: T) {
  return createI18n({
    legacy: false,
    locale: navigator.language,
    fallbackLocale: "en",
    messages: { en: { ...shared, ...own } },
    missingWarn: false,
    fallbackWarn: false,
  });
}
