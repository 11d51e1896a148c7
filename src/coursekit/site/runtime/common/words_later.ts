/** The words that no page needs before its reader does something, or that the build alone says. */

import en from "../../words/en-more.json";
import { learn } from "./words.ts";

learn("en", en);
