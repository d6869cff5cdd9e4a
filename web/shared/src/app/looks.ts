/** Light, dark, or as the system is: what the viewer chose, kept in this browser. */
import { ref } from "vue";
import { useTheme } from "vuetify";

export const LOOKS = ["system", "light", "dark"] as const;
export type Look = (typeof LOOKS)[number];

const KEPT = "invited.look";

/** What was chosen before. */
export function keptLook(): Look {
  const kept = localStorage.getItem(KEPT);
  return LOOKS.find((look) => look === kept) ?? "system";
}

/** The look, and how to change it. */
export function useLook() {
  const theme = useTheme();
  const look = ref(keptLook());
  function choose(wanted: Look): void {
    look.value = wanted;
    localStorage.setItem(KEPT, wanted);
    theme.change(wanted);
  }
  return { look, choose };
}
