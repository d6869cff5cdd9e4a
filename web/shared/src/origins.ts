/** The channels that people come by, in words. */
import { useI18n } from "vue-i18n";

/** Says a channel in words; a link by its name, and as it is what has none. */
export function useOriginWords(): (origin: string) => string {
  const { t, te } = useI18n();
  return (origin) => {
    if (origin.startsWith("link:")) return t("origin.link", { name: origin.slice(5) });
    return te(`origin.${origin}`) ? t(`origin.${origin}`) : origin;
  };
}
