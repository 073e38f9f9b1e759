"""Countries, capitals and demonyms: enough to tell a place or a government from a person. Folded words."""

from __future__ import annotations

from briefings.extract.vocabulary import vocabulary

COUNTRIES = vocabulary(
    "afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus "
    "belgium benin bolivia bosnia brazil britain bulgaria burma burundi cambodia cameroon canada chad chile china "
    "colombia congo croatia cuba cyprus czechia denmark egypt england eritrea estonia ethiopia fiji finland france "
    "gabon gambia georgia germany ghana greece guatemala guinea haiti honduras hungary iceland india indonesia iran "
    "iraq ireland israel italy jamaica japan jordan kazakhstan kenya kosovo kuwait kyrgyzstan laos latvia lebanon "
    "liberia libya lithuania luxembourg macedonia malaysia mali malta mexico moldova mongolia montenegro morocco "
    "mozambique myanmar namibia nepal netherlands nicaragua niger nigeria norway oman pakistan palestine panama "
    "paraguay peru philippines poland portugal qatar romania russia rwanda scotland senegal serbia singapore slovakia "
    "slovenia somalia spain sudan sweden switzerland syria taiwan tajikistan tanzania thailand tunisia turkey "
    "turkmenistan uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen yugoslavia zambia zimbabwe "
    "us u.s usa uk u.k eu u.n un nato america europe korea zealand arabia africa emirates lanka"
)
CITIES = vocabulary(
    "kyiv kiev moscow washington london paris berlin brussels beijing tehran ankara baghdad damascus jerusalem gaza "
    "tokyo seoul pyongyang delhi islamabad kabul riyadh cairo tripoli khartoum nairobi pretoria canberra ottawa rome "
    "madrid vienna warsaw prague budapest bucharest belgrade sofia athens oslo stockholm helsinki copenhagen geneva "
    "hague donetsk luhansk kharkiv odesa odessa kherson kursk belgorod crimea donbas pokrovsk mariupol texas florida "
    "ohio iowa california virginia nevada michigan pennsylvania wisconsin arizona colorado indiana kentucky chicago "
    "boston houston seattle philadelphia cleveland dallas miami istanbul mumbai shanghai sydney"
)
# What no first name is among the states of the US; of two words, the last.
STATES = vocabulary(
    "alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois "
    "indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri "
    "montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas utah vermont wisconsin wyoming "
    "hampshire jersey dakota carolina"
)
DEMONYMS = vocabulary(
    "ukrainian russian british american french german chinese iranian israeli palestinian syrian turkish polish "
    "european western eastern swedish belarusian japanese korean indian pakistani afghan iraqi saudi egyptian libyan "
    "sudanese nigerian kenyan mexican brazilian canadian australian indonesian malaysian italian spanish greek "
    "serbian bosnian croatian hungarian romanian bulgarian georgian armenian azerbaijani chechen soviet arab kurdish "
    "lebanese jordanian yemeni african asian dutch belgian danish norwegian finnish austrian swiss czech slovak irish "
    "scottish english welsh muslim jewish christian catholic republican democratic islamic islamist"
)
REGION_WORDS = vocabulary(
    "region province city town village district border state oblast county coast capital island river strip valley "
    "crossing airport base consulate embassy square street mosque hospital prison camp"
)
