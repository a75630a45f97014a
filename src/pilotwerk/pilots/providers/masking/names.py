"""Forenames that are common in Germany, Austria, Switzerland and in English, and words that are no names.

A list is never complete: a rare name without a title, a greeting or a signature is missed. How many are is measured
(docs/language-models.md).
"""

from typing import Final

_FORENAMES = """
aaron abdul adam adrian agnes ahmed ahmet aisha alex alexander alexandra alfred ali alice alina aline alma almut
amelie amir amy ana andre andrea andreas andrew angela angelika anita anja anke anna annalena anne annegret
annelie anneliese annemarie annette annika ansgar anthony antje anton antonia arne arnold arthur astrid august
axel ayla aylin ayse barbara bastian beate beatrice beatrix ben benedikt benjamin bente bernd bernhard bert
berta bettina bianca birgit birte bjarne björn bodo boris brian brigitte bruno burkhard carina carl carla carlos
carmen carola carolin caroline carsten catharina cem charles charlotte chiara chloe chris christa christel
christian christiane christina christine christof christoph christopher clara claudia claus clemens connor
constantin cora corinna cornelia dagmar daniel daniela daniele david deborah denis denise dennis detlef dieter
dietmar dietrich dirk dominic dominik donald dora doris dorothea edda edgar edith edward eike ekkehard elena
eleni elfriede elias elif elisa elisabeth elizabeth elke ella ellen elsa emil emilia emily emma emre enno enrico
erhard eric erich erik erika erna erwin esra esther ethan eugen eva evelyn ewald fabian fabienne fatih fatima
fatma felicitas felix ferdinand finn fiona florian frauke frederik frida frieda friedrich fritz gabriel gabriele
georg george gerald gerd gerda gerhard gerlinde gero gertrud gesa gesine gisela giulia giuseppe gottfried greg
gregor greta gretchen grit gudrun guido günter günther gustav hanna hannah hannelore hannes hans harald harry
hartmut hasan hauke heather heide heidi heike heiko heiner heino heinrich heinz helen helena helene helga hella
helmut hendrik henning henri henrik henry herbert heribert hermann herta hilde hildegard hinrich holger horst
hubert hugo hülya ibrahim ida ilka ilona ilse imke inga inge ingeborg ingo ingrid ines inken ira irene iris irma
irmgard isabel isabella isabelle ivan ivana jaap jack jacob jacqueline jakob james jan jana jane janina jannik
jannis jasmin jason jean jeanette jennifer jens jessica joachim joanna jochen joe johann johanna johannes john
jonas jonathan joost jörg jörn josef josefine joseph joshua jost julia julian juliane julius jürgen justin jutta
kai karen karin karina karl karla karsten kassandra katarina katharina kathrin katja katrin kay kenneth kerstin
kevin kilian kim kirsten klara klaus knut konrad konstantin kristin kristina kurt lara larissa lars laszlo laura
lea leah lena lennart leo leon leonard leonie leopold levin liam lidia lieselotte lilian lilly lina linda linus
lisa liselotte lorenz lothar louis louisa louise luca lucas lucia ludwig luigi luis luisa luise lukas lutz lydia
maik maike maja malte mandy manfred manuel manuela marc marcel marco marcus mareike maren margarete margit
margot margret maria mariam marian marianne marie marina mario marion marius markus marlene marlies marta martha
martin martina mary mathias matthew matthias maurice max maximilian mechthild mehmet meike melanie melissa merle
michael michaela michel michelle miguel mike milan mirco miriam mirjam mohamed mohammed momme monika moritz
murat mustafa nadia nadine nadja nancy natalia natalie nele nicholas nick nico nicola nicolas nicole niels
niklas nikolaus nils nina noah nora norbert norman odette olaf ole olga oliver olivia omar oskar osman oswald
otto pascal patricia patrick paul paula pauline peer peggy petra peter philip philipp philippe pia pierre priya
rafael rahel rainer ralf ralph ramona raphael rebecca regina regine reiner reinhard reinhold renate rene richard
rita robert roberta robin rodrigo roger roland rolf roman ronald ronny rosemarie rosi rüdiger rudi rudolf rupert
ruth ryan sabine sabrina samantha samira samuel sandra sarah sascha saskia sebastian selim selma serap sergej
severin sibylle siegfried siglinde sigrid silke silvia simon simone sina sofia solveig sonja sophia sophie
stefan stefanie steffen stephan stephanie stephen steven susan susanne sven svenja swantje sybille sylvia tabea
tamara tanja tatjana thea theo theodor theresa theresia thiemo thilo thomas thorben thorsten tilman tim timo
tina tjark tobias tom tomas torben torsten traute trude tyler udo ulf ulla ulrich ulrike ursula ute uwe valentin
valentina vanessa vera verena veronika viktor viktoria vincent viola vivian volker volkmar walburga waldemar
walter waltraud werner wibke wiebke wilfried wilhelm willi william willy winfried wolfgang wolfram xaver yannick
yannis yasmin yusuf yvonne zoe zoltan emilio ethel eleanor
"""
_NO_NAMES = """
abend aber adresse after ag all am anfrage angebot april are as at auch auftrag august aw bei bescheid best
beste bestellung bitte can could customer customers damen dank danke das dear december dem den der dezember die
dienstag donnerstag ein eine email everyone familie fax februar february firma frau freitag freundlichen friday
fw gas geburtsdatum gespräch gmbh gruß grüße grüßen guten haben hallo heizung hello here herr herren herrn how
iban ich if ihr ihre im in is it januar january juli july june juni kg kind kollege kollegen kollegin
kolleginnen konto kunde kundendienst kundennummer kundenservice kundin können könnten leider leute liebe lieber
madam mai mail march mit mittwoch mobil monday montag morgen my märz nach nachname name nicht november nun
october oder oktober on our phone please post re rechnung regards rückfragen samstag saturday seit september
service sie since sincerely sir sirs sonntag straße strom störung sunday support tag team tel telefon termin
thank thanks that the there they this thursday tuesday und urlaub vertrag viele vom von vor vorname wann warum
was wasser we wednesday wg what when why wie wir wishes wo would you your yours zum zur zusammen
"""
FORENAMES: Final = frozenset(_FORENAMES.split())
# Names that are usual words too, or months: only counted beside a title, a greeting or another name.
AMBIGUOUS: Final = frozenset(
    {"april", "august", "mark", "ernst", "rose", "jan", "may", "will", "mai", "bill", "frank", "max", "ben",
     "ali", "kim", "robin", "heide", "christian", "roman", "grit", "iris", "viola", "kay", "lea", "jean", "john",
     "jack", "joe", "alma", "ella", "edda", "felix", "bert", "nick", "peer", "trude"}
)  # fmt: skip
# Words with a capital that follow greetings, titles and names without being one.
NO_NAMES: Final = frozenset(_NO_NAMES.split())
